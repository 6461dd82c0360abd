"""Writing tables into files that people open in a spreadsheet."""
