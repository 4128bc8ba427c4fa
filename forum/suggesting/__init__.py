"""Unanswered questions for those who could answer them: what a member solved before says what they know."""
