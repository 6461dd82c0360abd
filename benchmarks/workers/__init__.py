"""Programs that a benchmark starts in processes of their own."""
