"""Benchmarks: `make bench`. A speed is shown here, never by a timed test."""
