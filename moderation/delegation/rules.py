"""What can be granted, and which item of the review queue asks for which right. Pure.

Source: domain/moderation.md §B2 (bulk, appeals, reviews), domain/rewards.md §A2.2 (a mentor: posts only, never members,
reviews or appeals).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from moderation.review.rules import ItemType


class Right(StrEnum):
    """What somebody may do in a category."""

    DECIDE = "decide"
    BULK = "bulk"
    REVIEWS = "reviews"
    APPEALS = "appeals"
    FILES = "files"


NEEDS_DECIDING = frozenset({Right.BULK, Right.FILES})
"""Rights that are nothing without the queue."""

MENTORED = frozenset({ItemType.POST, ItemType.IMAGE, ItemType.SAMPLE})
"""What a mentor decides about in the category of the mandate: texts that wait, and looks afterwards."""

MENTOR_CLASS = 2
"""From this class on: what is dangerous, illegal or hidden by reports is the team's."""

NAME_LEAST, NAME_MOST = 2, 60
REASON_MOST = 300
SEATS_MOST = 200


def whole(wanted: Iterable[tuple[int, Right]]) -> frozenset[tuple[int, Right]]:
    """The grants that were ticked, with the queue itself wherever something was ticked that is done in it."""
    found = set(wanted)
    found |= {(category_id, Right.DECIDE) for category_id, right in found if right in NEEDS_DECIDING}
    return frozenset(found)
