"""Measurements against the bars of speed: `python -m benchmarks`, or `make bench`."""
