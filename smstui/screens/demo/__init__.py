"""What only the demo has: the simulated phones."""
