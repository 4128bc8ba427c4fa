"""Items whose answer is known, mixed into the queue: how often a moderator decides as two people had before
(domain/moderation.md §B2.5)."""
