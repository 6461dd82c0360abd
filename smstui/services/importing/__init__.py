"""Reading contact files: octets of XLSX, XLS and CSV files in, rows of texts out, and what each column holds."""
