"""Answers beside the solution that solved it too: said by the asker, where the community allows it."""
