"""SMS campaigns over SMPP from a full-screen terminal application."""

__version__ = "0.1.0"
