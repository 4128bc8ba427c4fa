"""Restrictions of posts and members: statements of reasons, silences, suspensions, appeals."""
