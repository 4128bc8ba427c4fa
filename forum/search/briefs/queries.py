"""What the report tells of briefs: how often one was shown, what readers said, for which queries it fails most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from common import clock
from common.db import db
from common.i18n import day_begins, local
from forum.search.briefs.models import BriefQuery
from forum.search.log.models import SearchCount
from forum.search.log.queries import least
from forum.search.log.rules import days_of, share

WORST = 15
_KINDS = ("brief:shown", "brief:up", "brief:down")


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A query whose brief was judged."""

    words: str
    language: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Briefs:
    """The figures of a period. ``worst``: the queries whose brief failed most often, the worst first."""

    shown: int
    up: int
    down: int
    worst: tuple[BriefLine, ...]

    @property
    def answered(self) -> int | None:
        """Percent of those who said something that said yes."""
        return share(self.up, self.up + self.down)


def briefs(period: str, spoken: str) -> Briefs:
    """The figures; queries that few judged are counted and not listed (they may tell of a person)."""
    first, last = days_of(period, local(clock.now()).date())
    counted: Any = select(SearchCount.kind, func.sum(SearchCount.times)).where(
        SearchCount.kind.in_(_KINDS), SearchCount.day >= first, SearchCount.day <= last
    )
    query = select(BriefQuery.words, BriefQuery.language, BriefQuery.up, BriefQuery.down).where(
        BriefQuery.words != "", BriefQuery.down > 0, BriefQuery.up + BriefQuery.down >= least(),
        BriefQuery.voted_at >= day_begins(first),
    )  # fmt: skip
    if spoken:
        counted = counted.where(SearchCount.language == spoken)
        query = query.where(BriefQuery.language == spoken)
    sums = dict(db.session.execute(counted.group_by(SearchCount.kind)).tuples().all())
    query = query.order_by((BriefQuery.down - BriefQuery.up).desc(), BriefQuery.down.desc(), BriefQuery.key)
    worst = tuple(BriefLine(*row) for row in db.session.execute(query.limit(WORST)))
    shown, up, down = (int(sums.get(kind, 0)) for kind in _KINDS)
    return Briefs(shown, up, down, worst)
