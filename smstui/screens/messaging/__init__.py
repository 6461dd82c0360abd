"""The guide's part 2: writing, sending and following campaigns, and reading replies."""
