"""The application in a browser, through textual-serve."""
