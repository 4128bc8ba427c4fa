"""Nobody decides too fast or too long without a word: a soft pause, and a break that is suggested
(domain/moderation.md §B2.5)."""
