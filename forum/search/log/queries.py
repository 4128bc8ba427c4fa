"""Reports of the log, shaped for the desk: sums of a period in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from common import clock, settings
from common.db import db
from common.i18n import local
from forum.search.log.models import SearchCount, SearchDay
from forum.search.log.rules import EXPORT_LINES, LINES, PERIODS, Report, days_of, share

PLACES = 10
"""Places of results that the report tells apart."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What happened in a period."""

    asked: int
    empty: int
    opened: int
    solved: int
    unkept: int

    @property
    def empty_share(self) -> int | None:
        """Percent of searches without a result."""
        return share(self.empty, self.asked)

    @property
    def opened_share(self) -> int | None:
        """Results opened per hundred searches."""
        return share(self.opened, self.asked)


@dataclass(frozen=True, slots=True)
class QueryLine:
    """A query with its sums."""

    words: str
    asked: int
    empty: int
    opened: int
    position_sum: int
    solved: int

    @property
    def opened_share(self) -> int | None:
        """Results opened per hundred searches."""
        return share(self.opened, self.asked)

    @property
    def position(self) -> float | None:
        """Where the opened results stood, on average."""
        return round(self.position_sum / self.opened, 1) if self.opened else None


@dataclass(frozen=True, slots=True)
class Searched:
    """The report."""

    sums: Sums
    before: Sums
    days: tuple[tuple[date, int, int], ...]
    places: tuple[tuple[int, int], ...]
    lines: tuple[QueryLine, ...]
    rare: int


def report(kind: Report, period: str, spoken: str) -> Searched:
    """Everything the page shows; ``spoken`` is a language, or empty for all."""
    first, last = days_of(period, local(clock.now()).date())
    length = timedelta(days=PERIODS[period])
    return Searched(
        sums=_sums(first, last, spoken),
        before=_sums(first - length, last - length, spoken),
        days=_days(first, last, spoken),
        places=_places(first, last, spoken),
        lines=lines(kind, period, spoken, LINES),
        rare=_rare(first, last, spoken),
    )


def lines(kind: Report, period: str, spoken: str, most: int = EXPORT_LINES) -> tuple[QueryLine, ...]:
    """The queries of a report, the most frequent first; rare ones are left out (they may tell of a person)."""
    first, last = days_of(period, local(clock.now()).date())
    asked, empty, opened = (
        func.sum(column) for column in (SearchDay.asked, SearchDay.empty, SearchDay.opened)
    )
    query = _between(
        select(SearchDay.query, asked, empty, opened, func.sum(SearchDay.position_sum), func.sum(SearchDay.solved)),
        first, last, spoken,
    ).where(SearchDay.query != "")  # fmt: skip
    query = query.group_by(SearchDay.query).having(asked >= least())
    if kind == Report.EMPTY:
        query = query.having(empty > 0).order_by(empty.desc(), asked.desc())
    elif kind == Report.UNOPENED:
        query = query.having(opened == 0, empty < asked).order_by(asked.desc())
    else:
        query = query.order_by(asked.desc())
    rows = db.session.execute(query.order_by(SearchDay.query).limit(min(most, EXPORT_LINES)))
    return tuple(QueryLine(row[0], *map(int, row[1:])) for row in rows)


def least() -> int:
    """How often a query must have been searched to be listed."""
    return int(settings.get("search.report_least"))


def _between(query: Any, first: date, last: date, spoken: str, table: Any = SearchDay) -> Any:
    query = query.where(table.day >= first, table.day <= last)
    return query.where(table.language == spoken) if spoken else query


def _sums(first: date, last: date, spoken: str) -> Sums:
    columns = (SearchDay.asked, SearchDay.empty, SearchDay.opened, SearchDay.solved)
    query = select(*(func.coalesce(func.sum(column), 0) for column in columns))
    row = db.session.execute(_between(query, first, last, spoken)).one()
    unkept = select(func.coalesce(func.sum(SearchDay.asked), 0)).where(SearchDay.query == "")
    asked, empty, opened, solved = map(int, row)
    return Sums(
        asked, empty, opened, solved, int(db.session.scalar(_between(unkept, first, last, spoken)) or 0)
    )


def _days(first: date, last: date, spoken: str) -> tuple[tuple[date, int, int], ...]:
    """Searches and searches without a result by day, or by week where the days are many."""
    query = select(SearchDay.day, func.sum(SearchDay.asked), func.sum(SearchDay.empty)).group_by(
        SearchDay.day
    )
    found = {
        row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(_between(query, first, last, spoken))
    }
    step = 1 if (last - first).days < 90 else 7
    parts: list[tuple[date, int, int]] = []
    day = first
    while day <= last:
        some = [found.get(day + timedelta(days=n), (0, 0)) for n in range(step)]
        parts.append((day, sum(one[0] for one in some), sum(one[1] for one in some)))
        day += timedelta(days=step)
    return tuple(parts)


def _places(first: date, last: date, spoken: str) -> tuple[tuple[int, int], ...]:
    """How often a result was opened by its place; the last place stands for all behind it."""
    query = select(SearchCount.kind, func.sum(SearchCount.times)).where(
        SearchCount.kind.startswith("opened:")
    )
    found = [0] * (PLACES + 1)
    for kind, times in db.session.execute(
        _between(query.group_by(SearchCount.kind), first, last, spoken, SearchCount)
    ):
        found[min(int(kind.partition(":")[2]), PLACES + 1) - 1] += int(times)
    return tuple(enumerate(found, 1)) if any(found) else ()


def _rare(first: date, last: date, spoken: str) -> int:
    """How many queries are too rare to be listed."""
    asked = func.sum(SearchDay.asked)
    query = _between(select(SearchDay.query), first, last, spoken).where(SearchDay.query != "")
    rare = query.group_by(SearchDay.query).having(asked < least()).subquery()
    return db.session.scalar(select(func.count()).select_from(rare)) or 0


def top_queries(spoken: str, most: int) -> Sequence[str]:
    """The most frequent queries of a month that found something: for suggestions on other pages."""
    found = lines(Report.TOP, "30", spoken, most * 2)
    return [line.words for line in found if line.empty < line.asked][:most]
