"""The verified-owner mark beside a name: written on the texts when something changes, so that reading asks nothing."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from common import freshness
from common.db import db, update_where
from forum.products.models import Device
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind


def owns_verified(member_id: int | None, product_id: int) -> bool:
    """Whether the brand's data say that this member owns the product, and the member has it among the devices."""
    if member_id is None:
        return False
    mine = (Device.member_id == member_id, Device.product_id == product_id, Device.verified_at.is_not(None))
    return db.session.scalar(select(Device.id).where(*mine)) is not None


def mark_text(post_id: int) -> None:
    """A question or an answer has just been published: mark it where its author is a verified owner."""
    post = db.session.get_one(Post, post_id)
    product_id = db.session.scalar(select(Question.product_id).where(Question.id == post.thread_id))
    if product_id is not None and owns_verified(post.author_id, product_id):
        update_where(Post, Post.id == post_id, verified_owner=True)


def mark_texts(member_id: int, product_id: int, owns: bool) -> None:
    """The member became a verified owner, or is none any more: all texts about the product say so at once."""
    about = select(Question.__table__.c.id).where(Question.product_id == product_id)
    texts = and_(
        Post.author_id == member_id,
        Post.kind.in_((PostKind.QUESTION, PostKind.ANSWER)),
        Post.verified_owner.is_not(owns),
        or_(Post.id.in_(about), Post.question_id.in_(about)),
    )
    rows = db.session.execute(select(Post.id, Post.question_id).where(texts)).all()
    for start in range(0, len(rows), 500):
        update_where(Post, Post.id.in_([row.id for row in rows[start : start + 500]]), verified_owner=owns)
    freshness.touch(*(f"question:{row.question_id or row.id}" for row in rows))


def mark_thread(question_id: int, product_id: int | None) -> None:
    """The question is about another product now: who of its writers is a verified owner of that one."""
    inside = or_(Post.id == question_id, Post.question_id == question_id)
    update_where(Post, inside, Post.verified_owner.is_(True), verified_owner=False)
    if product_id is not None:
        owners = select(Device.member_id).where(
            Device.product_id == product_id, Device.verified_at.is_not(None)
        )
        kinds = Post.kind.in_((PostKind.QUESTION, PostKind.ANSWER))
        update_where(Post, inside, kinds, Post.author_id.in_(owners), verified_owner=True)
