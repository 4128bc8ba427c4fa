"""What can be followed besides a question, and which of several reasons to hear of something is named. Pure.

Source: design/UX.md §5 (Follow: thread, product, category, member).
"""

from __future__ import annotations

from enum import StrEnum


class TargetKind(StrEnum):
    """What can be followed, the nearest to a person first: that one is named as the reason."""

    MEMBER = "member"
    PRODUCT = "product"
    TAG = "tag"
    CATEGORY = "category"


Place = tuple[TargetKind, int]
"""A target as rows and jobs name it."""


def word_of(kind: TargetKind, target_id: int) -> str:
    """A target in one word, for what is stored with a piece of news: ``category:3``."""
    return f"{kind.value}:{target_id}"


def place_of(word: str) -> Place | None:
    """The target such a word names; None for what is none."""
    kind, _, number = word.partition(":")
    if kind not in set(TargetKind) or not number.isdigit():
        return None
    return TargetKind(kind), int(number)
