"""Points just earned, told in passing on the member's next page; each is a line of the statement as well (design/UX.md §5)."""
