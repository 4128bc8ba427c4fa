"""Versions of a post, and what changed between two of them."""
