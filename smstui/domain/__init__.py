"""Rules of SMS and of the trade: pure functions and values, no I/O."""
