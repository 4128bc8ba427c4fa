"""The ledger: every point as an append-only line with a unique cause, undone only by a second line."""
