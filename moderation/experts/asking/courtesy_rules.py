"""How seldom somebody is asked, who is asked so that experts grow, and what an invitation's end says. Pure.

Every moment is an argument. Source: domain/escalation.md §C1.2 (the waves), §C5 (caps and courtesies).
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from moderation.escalation.rules import Priority

SIZES: Mapping[int, int] = {1: 5, 2: 8}
"""Members asked in each wave."""
WAVE_MINUTES: Mapping[Priority, tuple[int, int]] = {
    Priority.URGENT: (0, 10),
    Priority.HIGH: (2, 20),
    Priority.NORMAL: (5, 45),
    Priority.LOW: (15, 180),
}
"""Community minutes from publication to the first and to the second wave."""
GROWING_RANKS = (2, 3)
"""Ranks of those who become experts."""
LEAST_RANK = 2


class InvitationState(StrEnum):
    """What became of an invitation. ``spared``: over, and it says nothing about the member."""

    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"
    IGNORED = "ignored"
    SPARED = "spared"


COUNTED = (InvitationState.ANSWERED, InvitationState.DECLINED, InvitationState.IGNORED)
"""The ends that count in how often somebody answers when invited."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How many invitations one member gets at most; ``gap``: the least time between two."""

    day: int = 3
    week: int = 10
    open: int = 2
    gap: timedelta = timedelta(hours=2)


def has_room(received: Sequence[datetime], open_count: int, at: datetime, caps: Caps) -> bool:
    """Whether one more invitation would still be welcome. ``received``: when those of the last week came."""
    if open_count >= caps.open:
        return False
    ages = [at - moment for moment in received]
    return (
        sum(age < timedelta(hours=24) for age in ages) < caps.day
        and sum(age < timedelta(days=7) for age in ages) < caps.week
        and all(age >= caps.gap for age in ages)
    )


def places(size: int, explored_share: float) -> int:
    """How many of a wave's places are for those who grow: 1 of 5, 2 of 8."""
    return min(size, round(size * explored_share))


def picked(
    by_score: Sequence[int], growing: Collection[int], size: int, explored_share: float, seed: str
) -> list[tuple[int, bool]]:
    """Who is asked, each with whether the place was one for growing.

    The best by score take their places first; the others are drawn among those who grow, always the same for the same
    ``seed``. Places nobody can take are given by score.
    """
    explored = places(size, explored_share)
    best = list(by_score[: size - explored])
    pool = sorted(set(growing) - set(best))
    drawn = random.Random(seed).sample(pool, min(explored, len(pool)))
    rest = [one for one in by_score if one not in best and one not in drawn]
    best += rest[: size - len(best) - len(drawn)]
    return [(one, False) for one in best] + [(one, True) for one in drawn]


def lapse(invited_at: datetime, first_answer_at: datetime | None, harmless: timedelta) -> InvitationState:
    """What an invitation is that ended without a word of the member: nothing, when others were quick to answer."""
    quick = first_answer_at is not None and first_answer_at <= invited_at + harmless
    return InvitationState.SPARED if quick else InvitationState.IGNORED


def top_share(invitations: Mapping[int, int], members: int) -> float:
    """The part of all invitations that went to the top 1 % of ``members`` (at least one of them)."""
    total = sum(invitations.values())
    if not total:
        return 0.0
    return sum(sorted(invitations.values(), reverse=True)[: max(1, members // 100)]) / total
