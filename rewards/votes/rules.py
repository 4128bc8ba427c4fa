"""How long mentors are asked, what they may say, and when it is over. Pure.

Source: domain/rewards.md §A2.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

REMARK_MOST = 500
"""The width of its column."""


class Choice(StrEnum):
    """What a mentor says."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of it. ``asked`` holds those who said nothing, too."""

    asked: int
    for_: int
    against: int
    abstained: int


def counted(choices: Iterable[Choice | None]) -> Counts:
    """The sums of all ballots."""
    found = list(choices)
    return Counts(
        len(found), found.count(Choice.FOR), found.count(Choice.AGAINST), found.count(Choice.ABSTAIN)
    )


def is_open(now: datetime, ends_at: datetime, asked_of: datetime, draft_saved_at: datetime | None) -> bool:
    """Until its end, while the draft is the one the mentors were asked about."""
    return now < ends_at and draft_saved_at == asked_of
