"""What ranks and trials measure of the desk: reports that were reviewed, how many were right, strikes that count
(domain/rewards.md §A2.1, §A4.3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from common import clock
from moderation.flags.flagging import standings
from moderation.sanctions import striking
from moderation.sanctions.strike_rules import until_below

WATCHED_FROM = 3
"""From so many active points on everything of an author is read first (domain/moderation.md §B1), and none is chosen for a
trial (domain/rewards.md §A4.3)."""


def measure(member_ids: list[int]) -> dict[int, dict[str, float]]:
    """Metrics of these members. Three queries, however many they are."""
    now, given = clock.now(), striking.given_to(member_ids)
    found: dict[int, dict[str, float]] = {}
    for member_id, past in standings(member_ids).items():
        reviewed = past.agreed + past.disagreed
        found[member_id] = {
            "flags_reviewed": reviewed,
            "flag_accuracy": past.agreed / reviewed if reviewed else 0,
            "strikes_active": sum(one.counts(now) for one in given.get(member_id, ())),
        }
    return found


def counting_until(member_ids: Collection[int]) -> dict[int, datetime]:
    """Until when the active points of these members stay at three or more (domain/rewards.md §A4.3). One query."""
    now = clock.now()
    ends = {
        member_id: until_below(given, now, WATCHED_FROM)
        for member_id, given in striking.given_to(member_ids).items()
    }
    return {member_id: until for member_id, until in ends.items() if until is not None}


def is_watched(member_ids: Collection[int]) -> bool:
    """Whether one of these accounts of an author has so many active points that everything is read first."""
    return any(points >= WATCHED_FROM for points in striking.active_points(member_ids).values())
