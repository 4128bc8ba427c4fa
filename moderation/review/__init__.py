"""The review queue: what is read before or after publication, by whom, and what is decided."""
