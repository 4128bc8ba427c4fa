"""Digests: a letter in the morning with what was not mailed on its own, and what the packages above suggest."""
