"""The desk of the ladder: the board, one case, the unanswered, the working hours, and what everybody may see of it."""
