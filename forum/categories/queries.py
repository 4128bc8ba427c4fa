"""Categories with their figures."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from accounts.members.queries import MemberCard
from common.db import db
from forum.browsing.queries import CategoryCard, categories, remember, state_condition
from forum.browsing.rules import ListState
from forum.members.queries import experts_by_category
from forum.questions.models import Post, Question
from forum.questions.rules import PostState

ENOUGH = 10
"""Fewer questions than this give no share of solved ones."""


EXPERT_DAYS = 30


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category on the index. ``share`` is the percentage of solved questions, None where there are too few;
    ``expert`` is who gave most solutions lately, if anybody did."""

    category: CategoryCard
    total: int
    unanswered: int
    share: int | None
    expert: MemberCard | None


def overview() -> tuple[CategoryLine, ...]:
    """Every category, counted at most every half minute in one statement."""
    return remember("overview", _overview)


def _overview() -> tuple[CategoryLine, ...]:
    def count(state: ListState):
        return func.sum(case((state_condition(state), 1), else_=0))

    query = (
        select(Question.category_id, func.count(), count(ListState.SOLVED), count(ListState.UNANSWERED))
        .select_from(Question.__table__.join(Post.__table__, Question.__table__.c.id == Post.__table__.c.id))
        .where(Post.state == PostState.PUBLISHED)
        .group_by(Question.category_id)
    )
    found = {row[0]: (row[1], int(row[2] or 0), int(row[3] or 0)) for row in db.session.execute(query)}
    best = {category.id: experts[0].card for category, experts in experts_by_category(EXPERT_DAYS) if experts}
    lines = []
    for category in categories():
        total, solved, unanswered = found.get(category.id, (0, 0, 0))
        share = round(100 * solved / total) if total >= ENOUGH else None
        lines.append(CategoryLine(category, total, unanswered, share, best.get(category.id)))
    return tuple(lines)
