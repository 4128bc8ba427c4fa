"""The catalogue of badges and what each tier asks for.

Pure: counts come in, tiers go out. Source: domain/rewards.md §A3.2. Badges pay no points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Tier(StrEnum):
    """How far a badge was taken."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class BadgeKey(StrEnum):
    """The badges that can be earned."""

    FIRST_ACCEPT = "first_accept"
    HELPER = "helper"
    APPRECIATED = "appreciated"
    GOOD_ANSWER = "good_answer"
    FAST = "fast"
    FIRST_RESPONDER = "first_responder"
    TOPIC_EXPERT = "topic_expert"
    STEADY = "steady"
    LIBRARIAN = "librarian"


TIERS = tuple(Tier)


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge. ``thresholds``: what bronze, silver and gold ask for (fewer when it has fewer tiers).

    ``per`` says what an instance is: one per member, per post, or per category. ``also``: a second count that each
    tier asks for. ``icon`` and ``tone`` are names of the design.
    """

    key: BadgeKey
    thresholds: tuple[int, ...]
    icon: str
    tone: str
    per: str = "member"
    also: tuple[int, ...] = ()


CATALOGUE: dict[BadgeKey, Badge] = {
    badge.key: badge
    for badge in (
        Badge(BadgeKey.FIRST_ACCEPT, (1,), "check", "ok"),
        Badge(BadgeKey.HELPER, (1, 25, 250), "hand", "ok"),
        Badge(BadgeKey.APPRECIATED, (25, 250, 2500), "heart", "plum", also=(10, 50, 300)),
        Badge(BadgeKey.GOOD_ANSWER, (3, 10, 25), "star", "sun", per="post"),
        Badge(BadgeKey.FAST, (5, 25, 100), "clock", "sun"),
        Badge(BadgeKey.FIRST_RESPONDER, (10, 100, 500), "users", "brand"),
        Badge(BadgeKey.TOPIC_EXPERT, (5, 25, 100), "compass", "plum", per="category"),
        Badge(BadgeKey.STEADY, (4, 12, 40), "calendar", "brand"),
        Badge(BadgeKey.LIBRARIAN, (10, 50, 200), "link", "brand"),
    )
}
TOPIC_RATIO = 0.25
"""Share of one's answers that became solutions, for an expert of a topic."""
HINT_RATIO = 0.8
"""Share of the duplicates one pointed out that were confirmed, for a librarian."""
PAUSE_EVERY = 8
"""A streak of weeks has one free pause in every eight (§A3.2: daily streaks punish holidays)."""


def tiers_for(badge: Badge, count: int, also: int | None = None) -> list[Tier]:
    """The tiers a count reaches, the lowest first."""
    reached = []
    for number, (tier, wanted) in enumerate(zip(TIERS, badge.thresholds, strict=False)):
        if count < wanted or (badge.also and (also or 0) < badge.also[number]):
            break
        reached.append(tier)
    return reached


def next_step(badge: Badge, count: int) -> tuple[Tier, int] | None:
    """The next tier and what it asks for, or None when all are reached."""
    return next(
        ((t, wanted) for t, wanted in zip(TIERS, badge.thresholds, strict=False) if count < wanted), None
    )


def longest_streak(days: Iterable[date]) -> int:
    """The longest run of weeks with a deed in each, Monday to Sunday, one missing week forgiven in every eight.

    The forgiven weeks do not count themselves. Weeks are counted from a fixed Monday, so neither the turn of the
    year nor the change of the clocks breaks a run.
    """
    weeks = sorted({(day - _MONDAY).days // 7 for day in days})
    best = run = 0
    since_pause = PAUSE_EVERY
    previous: int | None = None
    for week in weeks:
        gap = week - previous - 1 if previous is not None else 0
        if previous is None or gap > 1 or (gap == 1 and since_pause < PAUSE_EVERY):
            run, since_pause = 1, PAUSE_EVERY
        elif gap == 1:
            run, since_pause = run + 1, 1
        else:
            run, since_pause = run + 1, since_pause + 1
        best, previous = max(best, run), week
    return best


_MONDAY = date(2000, 1, 3)


def weeks_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Award:
    """A badge a member has earned: ``instance`` tells two awards of one badge apart, ``evidence`` is a post id."""

    member_id: int
    badge: BadgeKey
    tier: Tier
    instance: str = ""
    evidence_id: int | None = None


def awards_for(badge: Badge, counts: Mapping[tuple[int, str], tuple[int, int | None]]) -> list[Award]:
    """Awards from counts by (member, instance): each value is the count and the second count, if the badge has one."""
    return [
        Award(member_id, badge.key, tier, instance, int(instance) if badge.per == "post" else None)
        for (member_id, instance), (count, also) in counts.items()
        for tier in tiers_for(badge, count, also)
    ]
