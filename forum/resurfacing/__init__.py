"""Old questions without an answer are shown again."""
