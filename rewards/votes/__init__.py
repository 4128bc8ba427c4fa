"""Mentors vote on changes of the charter and the terms: asked by a manager, in secret until the end, as advice.

Source: domain/rewards.md §A2.2 (R6). A vote is about one draft as it was saved: keeping, dropping or publishing the draft
ends it, so nobody ever votes on words they have not seen, and the terms know nothing of votes.
Public face: ``voting.begin``, ``voting.cast``, ``queries.votes_on``.
"""
