"""The address book and the STOP list."""
