"""Templates of messages."""
