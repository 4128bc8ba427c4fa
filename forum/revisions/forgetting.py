"""Forget the words of posts that went for good: their states, dates and places in the thread stay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from common.db import db, update_where
from forum.content.reviews.models import Review
from forum.questions.models import PendingEdit, Post, Question, Revision
from forum.questions.rules import PostState
from forum.suggestions.models import SuggestedEdit

GONE = (PostState.REJECTED, PostState.REMOVED, PostState.WITHDRAWN)


def forget_texts(post_ids: Sequence[int]) -> None:
    """Inside the open unit of work; posts that are to be read by anybody are left alone."""
    gone = (Post.id.in_(post_ids), Post.state.in_(GONE))
    if not update_where(Post, *gone, body="", body_html=""):
        return
    ids = db.select(Post.id).where(*gone)
    update_where(
        Question, Question.__table__.c.id.in_(ids), title="", slug="", details={}, closed_reason=None
    )
    update_where(Review, Review.__table__.c.id.in_(ids), title="")
    for table in (Revision, PendingEdit, SuggestedEdit):
        db.session.execute(
            delete(table).where(table.post_id.in_(ids)).execution_options(synchronize_session=False)
        )
