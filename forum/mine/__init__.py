"""What is my own: my questions, my drafts, what I follow (design/UX.md §4 page 30)."""
