"""How useful members' product reviews were to others, for merit (domain/rewards.md §A4.4). How many found a review useful,
never what it says or which mark it gives (invariant 23)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from common.db import db
from forum.content.reviews.models import Review
from forum.questions.models import Post
from forum.questions.rules import PostState

FOUND_USEFUL = 3
"""Members who found a review useful, for it to count (the same as for the badge of reviewers, §A3.2)."""


def of(member_ids: Collection[int]) -> Mapping[int, float]:
    """From 0 to 1: reviews that three members or more found useful, among one's published ones and one more, so that a
    single lucky review is no certainty. One query."""
    review, post = Review.__table__, Post.__table__
    useful = func.count().filter(review.c.useful_count >= FOUND_USEFUL)
    query = (
        select(post.c.author_id, useful, func.count())
        .join(review, review.c.id == post.c.id)
        .where(post.c.author_id.in_(list(member_ids)), post.c.state == PostState.PUBLISHED)
        .group_by(post.c.author_id)
    )
    return {author: found / (count + 1) for author, found, count in db.session.execute(query)}
