"""How the review queue does: every figure with its definition and the list behind it."""
