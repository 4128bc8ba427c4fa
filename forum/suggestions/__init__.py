"""Edits that members suggest for others' texts: proposed, read by trusted members, staff or the author, and credited."""
