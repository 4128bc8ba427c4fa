"""The figures of the home page, computed from what happened and nothing else, and the solutions that helped.

Sources: design/UX.md §4 page 1 (two honest figures). A figure with too little behind it is not shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db
from common.freshness import LISTS, versions
from common.quantiles import median
from forum.browsing.queries import CategoryCard, categories_by_id, remember
from forum.questions.models import Kudos, Post, Question
from forum.questions.rules import HelpState, PostKind, PostState

FIGURE_DAYS = 90
"""The figures speak of questions of this many days."""
SETTLED_HOURS = 48
"""Younger questions are left out of the share of solved ones: they have had no chance yet."""
ENOUGH = 10
"""Fewer cases than this give no figure."""
SAMPLE = 500
"""The newest answered questions the median of the first answer is taken from."""
_FRESH = 300.0

_post, _question = Post.__table__, Question.__table__
_UNSETTLED = (HelpState.ANSWERED, HelpState.OPEN, HelpState.NEEDS_INFO)
_questions = _question.join(_post, _question.c.id == _post.c.id)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the hero says. None where there is too little to say it honestly."""

    members: int
    solved_share: int | None
    first_reply: int | None


@dataclass(frozen=True, slots=True)
class Served:
    """A solution that helped this week."""

    question_id: int
    slug: str
    title: str
    language: str
    helped_count: int
    category: CategoryCard | None
    helper: MemberCard
    official: bool


def figures() -> Figures:
    """The figures, counted at most every few minutes."""
    return Figures(members_count(), solved_share(), first_reply_minutes())


def members_count() -> int:
    """Open accounts."""
    query = select(func.count()).select_from(Member).where(Member.closed_at.is_(None))
    return remember("members", lambda: db.session.scalar(query) or 0, _FRESH)


def solved_share() -> int | None:
    """Percent of the settled questions of the last 90 days that are solved."""
    return remember("solved share", _solved_share, _FRESH)


def _solved_share() -> int | None:
    now = clock.now()
    query = (
        select(_question.c.help_state, func.count())
        .select_from(_questions)
        .where(_post.c.state == PostState.PUBLISHED, _post.c.kind == PostKind.QUESTION)
        .where(_post.c.published_at >= now - timedelta(days=FIGURE_DAYS))
        .where(_post.c.published_at <= now - timedelta(hours=SETTLED_HOURS))
        .where(_question.c.duplicate_of_id.is_(None))
        .group_by(_question.c.help_state)
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    total = sum(found.values())
    return round(100 * found.get(HelpState.SOLVED, 0) / total) if total >= ENOUGH else None


def first_reply_minutes() -> int | None:
    """Median minutes from publication to the first answer, over the newest answered questions of 90 days."""
    return remember("first reply", _first_reply_minutes, _FRESH)


def _first_reply_minutes() -> int | None:
    query = (
        select(_post.c.published_at, _question.c.first_answer_at)
        .select_from(_questions)
        .where(_post.c.state == PostState.PUBLISHED, _post.c.kind == PostKind.QUESTION)
        .where(_question.c.first_answer_at.is_not(None), _question.c.duplicate_of_id.is_(None))
        .where(_post.c.published_at >= clock.now() - timedelta(days=FIGURE_DAYS))
        .order_by(_post.c.published_at.desc())
        .limit(SAMPLE)
    )
    waits = [
        (first - asked).total_seconds() / 60 for asked, first in db.session.execute(query) if first >= asked
    ]
    return max(1, round(median(waits) or 0)) if len(waits) >= ENOUGH else None


def served_this_week(limit: int = 4) -> tuple[Served, ...]:
    """Solutions with the most thumbs-up of the last 7 days. What is taken away is gone from here at once."""
    return remember(("served", limit, versions(LISTS)), lambda: _served(limit), 60.0)


def _served(limit: int) -> tuple[Served, ...]:
    answer = aliased(_post)
    helped = func.count(Kudos.id).label("helped_count")
    query = (
        select(
            _question.c.id, _question.c.slug, _question.c.title, _post.c.language, _question.c.category_id,
            answer.c.author_id, answer.c.is_official, helped,
        )
        .select_from(Kudos.__table__.join(answer, answer.c.id == Kudos.post_id).join(_questions, answer.c.question_id == _question.c.id))
        .where(Kudos.given_at >= clock.now() - timedelta(days=7), Kudos.withdrawn_at.is_(None))
        .where(answer.c.kind == PostKind.ANSWER, answer.c.state == PostState.PUBLISHED)
        .where(_post.c.state == PostState.PUBLISHED)
        .where(or_(_question.c.accepted_answer_id == answer.c.id, _question.c.official_answer_id == answer.c.id))
        .group_by(
            _question.c.id, _question.c.slug, _question.c.title, _post.c.language, _question.c.category_id,
            answer.c.id, answer.c.author_id, answer.c.is_official,
        )
        .order_by(helped.desc(), answer.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    helpers, known = cards(row.author_id for row in rows), categories_by_id()
    return tuple(
        Served(
            row.id, row.slug, row.title, row.language, row.helped_count, known.get(row.category_id),
            helpers[row.author_id], bool(row.is_official),
        )
        for row in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnNews:
    """A reader's own unsolved question that has answers: the first thing to look at."""

    question_id: int
    slug: str
    title: str
    answer_count: int


def own_news(ids: Collection[int]) -> OwnNews | None:
    """The reader's most recently answered question without a solution."""
    query = (
        select(_question.c.id, _question.c.slug, _question.c.title, _question.c.answer_count)
        .select_from(_questions)
        .where(
            _post.c.author_id.in_(ids),
            _post.c.kind == PostKind.QUESTION,
            _post.c.state == PostState.PUBLISHED,
        )
        .where(_question.c.help_state.in_(_UNSETTLED), _question.c.answer_count > 0)
        .order_by(_question.c.active_at.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    return OwnNews(*row) if row else None
