"""The formulas of the dashboard. Pure. Source: domain/escalation.md §C6 (percentiles, not means; who still waits is
censored; every share with its window)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zlib import crc32

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTH = 365.25 / 12
"""Days of a month, to share monthly costs."""
PERIODS = (84, 7, 364, 728)
"""Days a page looks back; the first is shown unasked. The comparison is with as many days before."""
BANDS = (15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)
"""Where the bars of the first replies end; what came later, or not at all, is the last bar."""
ENOUGH_DAYS = 14
"""With fewer days of questions no trend is shown (design/UX.md, page 44)."""


class Solver(StrEnum):
    """Whose words solved a question. An expert is a super-user or a mentor today."""

    EXPERT = "expert"
    MEMBER = "member"
    TEAM = "team"
    ASKER = "asker"


class Rung(StrEnum):
    """How far up the ladder a question had gone when its first valid answer came."""

    EXPERTS = "E1"
    VISIBLE = "E2"
    SUPER_USERS = "E3"
    TEAM = "E4"


@dataclass(frozen=True, slots=True)
class Reply:
    """A valid answer: when, and whether it is the team's."""

    at: datetime
    by_team: bool


@dataclass(frozen=True, slots=True)
class Firsts:
    """Seconds from publication to the first valid answer: of anybody, of a member, of the team."""

    anybody: int | None = None
    by_team: bool = False
    members: int | None = None
    team: int | None = None


def firsts(asked_at: datetime, replies: Iterable[Reply]) -> Firsts:
    """The first valid answers to a question."""
    members = _first(asked_at, (one.at for one in replies if not one.by_team))
    team = _first(asked_at, (one.at for one in replies if one.by_team))
    found = [one for one in (members, team) if one is not None]
    by_team = team is not None and (members is None or team < members)
    return Firsts(min(found, default=None), by_team, members, team)


def _first(asked_at: datetime, moments: Iterable[datetime]) -> int | None:
    first = min(moments, default=None)
    return None if first is None else seconds(asked_at, first)


def seconds(start: datetime, end: datetime) -> int:
    """Whole seconds from one moment to another, none when it came before (an imported date)."""
    return max(0, int((end - start) / timedelta(seconds=1)))


def survival(ended: Sequence[int], waiting: Sequence[int], percent: int = 50) -> int | None:
    """The time within which so many percent have ended, by Kaplan and Meier: ``waiting`` are those that have not ended
    after so long and are known no further. None when fewer than that end within what was seen."""
    times, lost = sorted(ended), sorted(waiting)
    left, done, alive, goal = len(times) + len(lost), 0, 1.0, 1 - percent / 100
    for end in [
        *lost,
        math.inf,
    ]:  # between two of them nobody is lost: the share that is left falls with each that ended
        came = bisect_right(times, end, done) - done
        after = alive * (left - came) / left if left else alive
        if came and after <= goal + 1e-12:
            return times[done + max(1, math.ceil(left * (1 - goal / alive) - 1e-9)) - 1]
        left, done, alive = left - came - 1, done + came, after
    return None


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None when there is none."""
    return part / whole if whole else None


def bands(ended: Iterable[int], waiting: Iterable[int]) -> list[int]:
    """How many first replies fall in each of ``BANDS``, and how many came later or not at all. Who has waited less than the
    last band is left out: nobody knows yet."""
    times = sorted(ended)
    edges = [0, *(bisect_left(times, end) for end in BANDS), len(times)]
    found = [end - start for start, end in pairwise(edges)]
    found[-1] += sum(1 for age in waiting if age >= BANDS[-1])
    return found


def bus_factor(counts: Iterable[int]) -> int:
    """The least number of members who together made half of what was counted (0 for nothing)."""
    found = sorted((one for one in counts if one > 0), reverse=True)
    half, done = sum(found) / 2, 0
    for number, one in enumerate(found, start=1):
        done += one
        if done >= half:
            return number
    return 0


@dataclass(frozen=True, slots=True)
class Effect:
    """What changed more among those who took part than among the others, and where it probably lies (95 %)."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def difference_in_differences(taking: Sequence[float], others: Sequence[float]) -> Effect | None:
    """The mean change (after less before) of who took part, less that of comparable others; None below two each."""
    if len(taking) < 2 or len(others) < 2:
        return None
    value = _mean(taking) - _mean(others)
    spread = 1.96 * math.sqrt(_variance(taking) / len(taking) + _variance(others) / len(others))
    return Effect(value, value - spread, value + spread)


def pairs(taking: Mapping[int, int], others: Mapping[int, int]) -> list[tuple[int, int]]:
    """Who took part, each with somebody else who had done as much before, nobody twice. Among several the choice is
    arbitrary but always the same; who has no such counterpart is left out."""
    free: dict[int, list[int]] = defaultdict(list)
    for one in sorted(others, key=lambda member_id: crc32(str(member_id).encode())):
        free[others[one]].append(one)
    return [(one, free[taking[one]].pop()) for one in sorted(taking) if free[taking[one]]]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    middle = _mean(values)
    return sum((one - middle) ** 2 for one in values) / (len(values) - 1)


# --- periods ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A period in days since the year 1, and the steps of its charts."""

    first: int
    days: int

    @property
    def last(self) -> int:
        """Its last day."""
        return self.first + self.days - 1

    @property
    def step(self) -> int:
        """Days of one bar: a day of a week, a week of a year, four weeks of what is longer."""
        return 1 if self.days <= 7 else 7 if self.days <= 364 else 28

    @property
    def starts(self) -> list[int]:
        """The first day of each bar."""
        return list(range(self.first, self.last + 1, self.step))

    def place(self, day: int) -> int:
        """The bar a day belongs to."""
        return (day - self.first) // self.step

    def before(self) -> Span:
        """As many days before."""
        return Span(self.first - self.days, self.days)


def span_to(today: int, days: int) -> Span:
    """So many days up to today."""
    return Span(today - days + 1, days)
