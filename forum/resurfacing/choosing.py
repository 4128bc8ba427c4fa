"""Old questions that nobody answered are shown again: a few a day, a few times each, and never with another date.

``resurfaced_at`` is a mark beside the dates: a list says that it shows the question again, and when it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from common import clock, freshness, settings
from common.db import db, update_where
from common.i18n import _
from common.unit_of_work import unit_of_work
from forum.housekeeping.acts import LINE
from forum.housekeeping.rules import due_again
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState

DAY_MOST = 1_000
settings.define(
    "forum.resurface_after_days", 7, unit="days", low=1, high=3_650,
    help=_("A question without an answer is shown again after so many days, and again after as many."),
)  # fmt: skip
settings.define(
    "forum.resurface_per_day", 5, unit="per day", low=0, high=DAY_MOST,
    help=_("How many old questions are shown again in a day at most (0: none)."),
)  # fmt: skip
settings.define(
    "forum.resurface_times", 3, unit="times", low=1, high=100,
    help=_("How many times one question is shown again at most."),
)  # fmt: skip
DAY = timedelta(hours=24)
SHOWN = 3

_q, _p = Question.__table__.c, Post.__table__.c
_threads = Question.__table__.join(Post.__table__, _p.id == _q.id)


def _unanswered() -> tuple[Any, ...]:
    """Published, open to answers, and without any."""
    return (
        _p.state == PostState.PUBLISHED, _q.help_state == HelpState.OPEN, _q.answer_count == 0, _q.closed_at.is_(None),
        _q.locked_at.is_(None),
    )  # fmt: skip


def resurface() -> int:
    """Choose what is shown again today: what most people wait for first, then the oldest. Returns how many.

    Running it twice, or on two workers, shows no more than the settings allow.
    """
    with unit_of_work():
        freshness.touch(LINE)
        now, most = clock.now(), settings.get("forum.resurface_times")
        days = settings.get("forum.resurface_after_days")
        today = select(func.count()).select_from(Question.__table__).where(_q.resurfaced_at > now - DAY)
        room = settings.get("forum.resurface_per_day") - (db.session.scalar(today) or 0)
        if room <= 0:
            return 0
        last = func.coalesce(_q.resurfaced_at, _p.published_at)
        due = (*_unanswered(), last <= now - timedelta(days=days), _q.resurface_count < most)
        query = (
            select(_q.id, _q.resurface_count, _q.resurfaced_at, _p.published_at)
            .select_from(_threads)
            .where(*due)
            .order_by(_q.me_too_count.desc(), last, _q.id)
            .limit(room)
        )
        rows = db.session.execute(query).all()
        shown = sum(_mark(row.id, row.resurface_count, now) for row in rows if _is_due(row, now, days, most))
        if shown:
            freshness.touch(freshness.LISTS)
        return shown


def _is_due(row: Any, now: datetime, days: int, most: int) -> bool:
    return due_again(row.published_at, row.resurfaced_at, row.resurface_count, now, days, most)


def _mark(question_id: int, count: int, now: datetime) -> int:
    same = (Question.id == question_id, Question.resurface_count == count, Question.answer_count == 0)
    return update_where(Question, *same, resurfaced_at=now, resurface_count=count + 1)


@dataclass(frozen=True, slots=True)
class Again:
    """A question that is shown again."""

    id: int
    slug: str
    title: str
    language: str
    published_at: datetime
    me_too_count: int


def shown_again(category_id: int | None = None, limit: int = SHOWN) -> tuple[Again, ...]:
    """What is shown again today and still waits, the newest choice first: for lists, the home page and digests."""
    # The few of today come first, by their own index: SQLite would rather walk all published posts.
    today = (
        select(_q.id)
        .where(_q.resurfaced_at > clock.now() - DAY)
        .order_by(_q.resurfaced_at.desc())
        .limit(DAY_MOST)
    )
    query = (
        select(_q.id, _q.slug, _q.title, _p.language, _p.published_at, _q.me_too_count)
        .select_from(_threads)
        .where(_q.id.in_(today), *_unanswered())
    )
    if category_id is not None:
        query = query.where(_q.category_id == category_id)
    rows = db.session.execute(query.order_by(_q.resurfaced_at.desc(), _q.id.desc()).limit(limit))
    return tuple(Again(*row) for row in rows)
