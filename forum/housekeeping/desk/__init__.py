"""The desk of order: topics and their names, and many questions at once."""
