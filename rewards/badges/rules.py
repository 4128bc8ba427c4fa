"""The catalogue of badges and what each tier asks for.

Pure: counts come in, tiers go out. Source: domain/rewards.md §A3.2. Badges pay no points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tier(StrEnum):
    """How far a badge was taken."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class BadgeKey(StrEnum):
    """The catalogue: 26 badges. ``event`` stands for every event the team names."""

    FIRST_ACCEPT = "first_accept"
    FIRST_FLAG = "first_flag"
    PROFILE_PRODUCTS = "profile_products"
    CHARTER = "charter"
    HELPER = "helper"
    APPRECIATED = "appreciated"
    GOOD_ANSWER = "good_answer"
    RESCUER = "rescuer"
    FAST = "fast"
    FIRST_RESPONDER = "first_responder"
    STEADY = "steady"
    TOPIC_EXPERT = "topic_expert"
    MULTI_TOPIC = "multi_topic"
    GUIDE_AUTHOR = "guide_author"
    EVERGREEN = "evergreen"
    LIBRARIAN = "librarian"
    GUARDIAN = "guardian"
    REVIEWER = "reviewer"
    TESTER = "tester"
    MENTOR = "mentor"
    WELCOME = "welcome"
    ANNIVERSARY = "anniversary"
    BETA = "beta"
    EVENT = "event"
    FOUNDER = "founder"
    HONOUR = "honour"


class How(StrEnum):
    """How a badge is earned: counted from deeds, in a campaign the team defines, or given by a person."""

    COUNTED = "counted"
    CAMPAIGN = "campaign"
    GIVEN = "given"


TIERS = tuple(Tier)


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge. ``thresholds``: what each of its ``tiers`` asks for, the lowest first.

    ``per`` says what an instance is: one per member, per post, per category, per campaign or per citation. ``also``: a
    second count that each tier asks for. ``icon`` and ``tone`` are names of the design. ``for_good``: nothing takes it
    back (§A3.2: streaks).
    """

    key: BadgeKey
    thresholds: tuple[int, ...]
    icon: str
    tone: str
    per: str = "member"
    also: tuple[int, ...] = ()
    how: How = How.COUNTED
    tiers: tuple[Tier, ...] = TIERS
    for_good: bool = False


K = BadgeKey
CATALOGUE: dict[BadgeKey, Badge] = {
    badge.key: badge
    for badge in (
        Badge(K.FIRST_ACCEPT, (1,), "check", "ok"),
        Badge(K.FIRST_FLAG, (1,), "eye", "brand"),
        Badge(K.PROFILE_PRODUCTS, (1,), "box", "brand"),
        Badge(K.CHARTER, (1,), "note", "brand"),
        Badge(K.HELPER, (1, 25, 250), "hand", "ok"),
        Badge(K.APPRECIATED, (25, 250, 2500), "heart", "plum", also=(10, 50, 300)),
        Badge(K.GOOD_ANSWER, (3, 10, 25), "star", "sun", per="post"),
        Badge(K.RESCUER, (1, 10, 50), "flame", "sun"),
        Badge(K.FAST, (5, 25, 100), "clock", "sun"),
        Badge(K.FIRST_RESPONDER, (10, 100, 500), "users", "brand"),
        Badge(K.STEADY, (4, 12, 40), "calendar", "brand", for_good=True),
        Badge(K.TOPIC_EXPERT, (5, 25, 100), "compass", "plum", per="category"),
        Badge(K.MULTI_TOPIC, (3, 5, 8), "globe", "plum"),
        Badge(K.GUIDE_AUTHOR, (1, 5, 20), "edit", "ok"),
        Badge(K.EVERGREEN, (1, 5, 20), "history", "ok"),
        Badge(K.LIBRARIAN, (10, 50, 200), "link", "brand"),
        Badge(K.GUARDIAN, (10, 50, 200), "shield", "brand"),
        Badge(K.REVIEWER, (5, 25, 100), "comment", "plum"),
        Badge(K.TESTER, (1, 5, 15), "camera", "plum"),
        Badge(K.MENTOR, (1, 5, 20), "up", "ok"),
        Badge(K.WELCOME, (20,), "home", "ok"),
        Badge(K.ANNIVERSARY, (1, 3, 5), "gift", "sun"),
        Badge(K.BETA, (1,), "code", "plum", per="campaign", how=How.CAMPAIGN, tiers=(Tier.SILVER,)),
        Badge(K.EVENT, (1,), "tag", "sun", per="campaign", how=How.CAMPAIGN),
        Badge(K.FOUNDER, (1,), "key", "brand", per="campaign", how=How.CAMPAIGN, tiers=(Tier.SILVER,)),
        Badge(K.HONOUR, (1,), "sparkle", "sun", per="citation", how=How.GIVEN, tiers=(Tier.GOLD,)),
    )
}
COUNTED = frozenset(key for key, badge in CATALOGUE.items() if badge.how is How.COUNTED)
CAMPAIGNS = tuple(key for key, badge in CATALOGUE.items() if badge.how is How.CAMPAIGN)
FLAG_RATIO = 0.75
"""Share of the reports one made that were right, for a guardian."""
THANKED_LATE, LATE_DAYS = 5, 180
"""Evergreen: thumbs-up an answer got, more than so many days after it was written."""
ACTIVE_DAYS = 10
"""Days on which a member wrote, for a year to count as an anniversary."""
CITATION_MIN, CITATION_MAX = 40, 400
TOPIC_RATIO = 0.25
"""Share of one's answers that became solutions, for an expert of a topic."""
USEFUL_REVIEW = 3
"""Members who must find a review useful before it counts for a reviewer."""
HINT_RATIO = 0.8
"""Share of the duplicates one pointed out that were confirmed, for a librarian."""
PAUSE_EVERY = 8
"""A streak of weeks has one free pause in every eight (§A3.2: daily streaks punish holidays)."""


def tiers_for(badge: Badge, count: int, also: int | None = None) -> list[Tier]:
    """The tiers a count reaches, the lowest first."""
    reached = []
    for number, (tier, wanted) in enumerate(zip(badge.tiers, badge.thresholds, strict=False)):
        if count < wanted or (badge.also and (also or 0) < badge.also[number]):
            break
        reached.append(tier)
    return reached


def next_step(badge: Badge, count: int) -> tuple[Tier, int] | None:
    """The next tier and what it asks for, or None when all are reached."""
    return next(
        ((t, wanted) for t, wanted in zip(badge.tiers, badge.thresholds, strict=False) if count < wanted),
        None,
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


def full_years(joined: date, days: Iterable[date], today: date) -> int:
    """Years of membership that are over and had ten active days or more. A year begins on the day of joining."""
    known = set(days)
    count, begins = 0, joined
    for number in range(1, today.year - joined.year + 1):
        ends = _years_later(joined, number)
        if ends > today:
            break
        count += sum(begins <= day < ends for day in known) >= ACTIVE_DAYS
        begins = ends
    return count


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 3, 1)


# --- what becomes of an award ------------------------------------------------------------------------------------


class Happening(StrEnum):
    """What can happen to what an award stands on, or to its holder."""

    COUNT_FELL = "count_fell"
    AUTHOR_DELETED = "author_deleted"
    POST_REMOVED = "post_removed"
    INACTIVE = "inactive"
    FRAUD = "fraud"
    BREACH = "breach"
    NOT_RENEWED = "not_renewed"
    TWO_OF_THE_TEAM = "two_of_the_team"


class Fate(StrEnum):
    """What follows for the award."""

    KEPT = "kept"
    REVOKED = "revoked"
    FORMER = "former"


def fate(badge: Badge, happening: Happening) -> Fate:
    """The listed causes of §A3.2, and no others, take something away."""
    if badge.how is How.GIVEN:
        return Fate.REVOKED if happening is Happening.TWO_OF_THE_TEAM else Fate.KEPT
    if happening in (Happening.FRAUD, Happening.BREACH):
        return Fate.KEPT if badge.for_good else Fate.REVOKED
    if happening is Happening.NOT_RENEWED and badge.key is BadgeKey.TOPIC_EXPERT:
        return Fate.FORMER
    return Fate.KEPT


def is_renewed(won: int, decided: int, wanted: int) -> bool:
    """Whether the last twelve months in a topic were worth another year of expertise."""
    return won >= wanted and won >= TOPIC_RATIO * decided


# --- campaigns ---------------------------------------------------------------------------------------------------


class Criterion(StrEnum):
    """What a campaign asks for within its window: a closed list, each with one query."""

    JOINED = "joined"
    WROTE = "wrote"
    SOLVED = "solved"
    NAMED = "named"


COUNTING = frozenset({Criterion.WROTE, Criterion.SOLVED})
"""Criteria that ask for a number of deeds."""


class CampaignState(StrEnum):
    """Where a campaign stands. A draft gives nothing; what has ended keeps its holders."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


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
