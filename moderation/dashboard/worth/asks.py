"""Asks that a solution shown in time made unnecessary: help before the question, the ladder's first rung (domain/escalation.md
§C1 E0, §C6 instant help)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, extract, func, select

from common.db import db, on_postgresql
from forum.asking.models import AskVisit
from forum.asking.rules import Outcome
from forum.questions.models import Post, Question
from moderation.dashboard.reading import Dates, Scope
from moderation.dashboard.rules import MINUTE

AT_ONCE = 5 * MINUTE
_visit, _post, _question = AskVisit.__table__, Post.__table__, Question.__table__


def settled(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the visits to the ask page in a period that ended with "this solved it", or with following what is known. Of one
    category or language: those that a question of it settled."""
    v = _visit.c
    source: Any = _visit
    criteria = []
    if scope.category_id is not None or scope.language is not None:
        source = _visit.join(_question, _question.c.id == v.settled_by_id).join(
            _post, _post.c.id == _question.c.id
        )
        criteria += [] if scope.category_id is None else [_question.c.category_id == scope.category_id]
        criteria += [] if scope.language is None else [_post.c.language == scope.language]
    return query.select_from(source).where(
        v.outcome.in_((Outcome.SETTLED, Outcome.FOLLOWED)), v.decided_at >= dates.since, v.decided_at < dates.until, *criteria
    )  # fmt: skip


def at_once() -> Any:
    """That it took five minutes at the most."""
    v = _visit.c
    if on_postgresql():
        return extract("epoch", v.decided_at - v.shown_at) <= AT_ONCE
    return func.julianday(v.decided_at) - func.julianday(v.shown_at) <= (AT_ONCE + 0.5) / 86_400


def counted(scope: Scope, dates: Dates) -> tuple[int, int]:
    """How many asks were settled so, and how many of them at once. One statement."""
    row = db.session.execute(
        settled(select(func.count(), func.count().filter(at_once())), scope, dates)
    ).one()
    return row[0], row[1]
