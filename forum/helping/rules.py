"""What a member's follows and devices add to what their solutions say they know. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from forum.suggesting.rules import Knowledge

SHOWN = 20
FOLLOWED_WORTH = 2
"""Following a category or a topic says as much as so many solutions there: interest, less than proof."""


class Tab(StrEnum):
    """The lists of the page; the first is the default."""

    FOR_ME = ""
    UNANSWERED = "unanswered"
    ATTENTION = "attention"
    CLAIMED = "claimed"


def with_interest(known: Knowledge | None, categories: Iterable[int], topics: Iterable[int]) -> Knowledge:
    """What a member knows, and what they follow on top of it."""
    known = known or Knowledge({}, {})
    return Knowledge(_more(known.by_category, categories), _more(known.by_topic, topics))


def _more(counts: Mapping[int, int], followed: Iterable[int]) -> dict[int, int]:
    found = dict(counts)
    for number in followed:
        found[number] = found.get(number, 0) + FOLLOWED_WORTH
    return found


def first_of(*lists: Iterable[int], most: int = SHOWN) -> list[int]:
    """The entries of several lists in a row, each once, at most so many."""
    return list(dict.fromkeys(number for numbers in lists for number in numbers))[:most]
