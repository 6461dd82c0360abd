"""Credits: the balance and where it comes from."""
