"""The helpers' home: which question is worth answering now."""
