"""The verified-owner mark beside a name: written on the texts when something changes, so that reading asks nothing."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from common import freshness
from common.db import db, update_where
from forum.content.reviews.models import Review
from forum.content.reviews.rules import Checked, Incentive
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
    _mark_review(member_id, product_id, owns)
    rows = db.session.execute(select(Post.id, Post.question_id).where(texts)).all()
    for start in range(0, len(rows), 500):
        update_where(Post, Post.id.in_([row.id for row in rows[start : start + 500]]), verified_owner=owns)
    freshness.touch(*(f"question:{row.question_id or row.id}" for row in rows))


def _mark_review(member_id: int, product_id: int, owns: bool) -> None:
    """What a review rests on is said as it is now. What was given for one stays its label, and is no purchase."""
    row = Review.__table__.c
    mine = select(Post.__table__.c.id).where(
        Post.__table__.c.author_id == member_id, Post.__table__.c.kind == PostKind.REVIEW
    )
    theirs = (Review.id.in_(mine), Review.product_id == product_id, row.incentive == Incentive.NONE)
    known = Checked.PURCHASE if owns else Checked.NOT
    if update_where(Review, *theirs, row.checked != known, checked=known):
        freshness.touch(freshness.LISTS)


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
