"""A rank explained from the very formula that decides: its lines, its alternatives, and the words for them."""
