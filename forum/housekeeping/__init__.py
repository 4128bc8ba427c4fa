"""Order in the house: duplicates, merges, splits, moves, locks, topics and their other names, and what is shown again."""
