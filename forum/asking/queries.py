"""How many asks were stopped by a solution that was there already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from forum.asking.models import AskVisit
from forum.asking.rules import Outcome
from forum.questions.models import Post, Question
from forum.questions.rules import PostState

PERIODS = (7, 30, 90)
_BEST = 10


@dataclass(frozen=True, slots=True)
class Deflection:
    """The figures of a period. A visit is one to which at least one solution was shown."""

    days: int
    shown: int
    opened: int
    counts: dict[Outcome, int]
    best: tuple[tuple[int, str, str, int], ...]

    def share(self, *outcomes: Outcome) -> int | None:
        """The percentage of decided visits with one of these outcomes; None where too few are decided."""
        decided = sum(count for outcome, count in self.counts.items() if outcome != Outcome.OPEN)
        return round(100 * sum(self.counts[one] for one in outcomes) / decided) if decided >= 10 else None


def deflection(days: int) -> Deflection:
    """What became of the visits of the last days, and which solutions were enough most often."""
    since = AskVisit.shown_at >= clock.now() - timedelta(days=days)
    rows = db.session.execute(
        select(AskVisit.outcome, func.count(), func.count(AskVisit.opened_at))
        .where(since)
        .group_by(AskVisit.outcome)
    ).all()
    counts = dict.fromkeys(Outcome, 0) | {Outcome(outcome): count for outcome, count, _opened in rows}
    settled = AskVisit.outcome.in_((Outcome.SETTLED, Outcome.FOLLOWED))
    table, post = Question.__table__, Post.__table__
    best = db.session.execute(
        select(table.c.id, table.c.slug, table.c.title, func.count().label("times"))
        .select_from(
            table.join(post, post.c.id == table.c.id).join(AskVisit, AskVisit.settled_by_id == table.c.id)
        )
        .where(since, settled, post.c.state == PostState.PUBLISHED)
        .group_by(table.c.id, table.c.slug, table.c.title)
        .order_by(func.count().desc(), table.c.id)
        .limit(_BEST)
    ).all()
    return Deflection(
        days,
        sum(row[1] for row in rows),
        sum(row[2] for row in rows),
        counts,
        tuple(tuple(row) for row in best),
    )
