"""Products of the brand as pages, and which of them a member owns."""
