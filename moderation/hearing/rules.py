"""How much a message weighs for who listens: importance × tone × influence, each shown. Pure.

Source: domain/escalation.md §C2.1 for the points. Every factor is 1 + points / 20: twenty points are the narrowest band of
priorities, so influence, which is capped at 10, never makes a message count more than half as much again, and an unhappy
customer nobody knows stands before a calm one whom many know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from moderation.escalation.priority_rules import influence, me_too_points, view_points

BAND = 20
PERIODS = (1, 7, 28)
TONES = (0, 3, 6, 9)
SPANS = (12, 26, 52)
"""Weeks that may be looked at."""
SCALE = 1_000
"""A weight is kept in thousandths."""


@dataclass(frozen=True, slots=True)
class Points:
    """What a message has of each: importance at most 30, tone 15, influence 10."""

    importance: float
    tone: float
    influence: float

    @property
    def factors(self) -> tuple[float, float, float]:
        """The three factors, 1 to 2.5, 1.75 and 1.5."""
        return tuple(1 + points / BAND for points in (self.importance, self.tone, self.influence))  # type: ignore[return-value]

    @property
    def weight(self) -> int:
        """Their product in thousandths: 1,000 to 6,562."""
        one, two, three = self.factors
        return int(SCALE * one * two * three)


def points_of(shared_by: int, views: int, tone: int, rank: int, reach: int) -> Points:
    """The points of a message. ``shared_by``: how many have the same question, or found the text useful."""
    return Points(
        round(me_too_points(shared_by) + view_points(views), 2), float(tone), round(influence(rank, reach), 2)
    )  # fmt: skip


def mondays(last: date, count: int) -> list[date]:
    """The Mondays of the last so many weeks, the oldest first."""
    this = last - timedelta(days=last.weekday())
    return [this - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


@dataclass(frozen=True, slots=True)
class Week:
    """What was said in a week: texts, how many unhappy ones, and points of displeasure in all."""

    monday: date
    texts: int
    unhappy: int
    points: int

    @property
    def mean(self) -> float | None:
        """Displeasure of a text; None where nothing was said."""
        return self.points / self.texts if self.texts else None

    @property
    def share(self) -> int | None:
        """The share of unhappy texts, in hundredths."""
        return round(100 * self.unhappy / self.texts) if self.texts else None


def filled(weeks: Sequence[date], said: Iterable[Week]) -> list[Week]:
    """A week for every Monday, those in which nothing was said with nothing."""
    known: dict[date, Week] = {}
    for one in said:
        other = known.get(one.monday, Week(one.monday, 0, 0, 0))
        known[one.monday] = Week(
            one.monday, one.texts + other.texts, one.unhappy + other.unhappy, one.points + other.points
        )
    return [known.get(monday, Week(monday, 0, 0, 0)) for monday in weeks]
