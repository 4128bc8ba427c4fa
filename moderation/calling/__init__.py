"""The brand must answer: who asked passes their own question to the team before its time, within limits.

Experienced members do it by ``moderation.entrusted``, staff by ``cases.open_by_hand``. Source: design/UX.md §1. Public face: ``calling.call``, ``permissions.can_call``.
"""
