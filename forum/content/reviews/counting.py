"""What follows from a review that comes into view, changes or leaves it: lists, figures, the news of a reply.

Handlers of ``forum/handlers.py``, in the same transaction. Figures are counted anew from what is shown, never added up.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select

from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import freshness
from common.db import db, insert_many, update_where
from forum import events
from forum.content.reviews.models import RatingCount, Review
from forum.content.reviews.rules import Incentive
from forum.content.reviews.writing import take_place_again
from forum.products.models import Product
from forum.questions.models import Post
from forum.questions.rules import PostState


def show(fact: events.ReviewPublished | events.ReviewRestored) -> None:
    """It is in lists and figures from now on; of a reply, the review's author hears."""
    if fact.post_id == fact.review_id:
        _follow_state(fact.review_id)
    else:
        _tell_of_reply(fact.post_id, fact.review_id)
    freshness.touch(freshness.LISTS)


def come_back(fact: events.ReviewRestored) -> None:
    """What was taken away is back."""
    if fact.post_id == fact.review_id:
        take_place_again(fact.review_id)
    show(fact)
    telling.bring_back(_news_of(fact.post_id, Post.state == PostState.PUBLISHED))


def follow_edit(fact: events.ReviewEdited) -> None:
    """The rating may be another one."""
    if fact.post_id == fact.review_id:
        _follow_state(fact.review_id)
    freshness.touch(freshness.LISTS)


def take_off(fact: events.ReviewRemoved) -> None:
    """It leaves lists and figures, and nobody is told of it any more."""
    if fact.post_id == fact.review_id:
        _follow_state(fact.review_id)
    telling.put_away(_news_of(fact.post_id))
    freshness.touch(freshness.LISTS, freshness.REMOVALS)


def _news_of(post_id: int, *criteria: ColumnElement[bool]) -> ColumnElement[bool]:
    """News about a review and about what stands under it."""
    about = (Post.id == post_id) | (Post.parent_id == post_id)
    return Notification.post_id.in_(select(Post.id).where(about, *criteria))


def recount(product_id: int) -> None:
    """The figures of a product, from what is shown now; two at once wait for each other."""
    db.session.execute(select(Product.id).where(Product.id == product_id).with_for_update())
    counted = (
        select(Review.__table__.c.rating, Review.__table__.c.incentive, func.count().label("review_count"))
        .where(Review.__table__.c.product_id == product_id, Review.__table__.c.shown_at.is_not(None))
        .group_by(Review.__table__.c.rating, Review.__table__.c.incentive)
    )
    rows = [
        {"product_id": product_id, "rating": row.rating, "incentive": Incentive(row.incentive), "review_count": row.review_count}
        for row in db.session.execute(counted)
    ]  # fmt: skip
    db.session.execute(delete(RatingCount).where(RatingCount.product_id == product_id))
    insert_many(RatingCount, rows)


def _follow_state(review_id: int) -> None:
    columns = (Review.product_id, Review.state, Review.published_at)
    row = db.session.execute(select(*columns).where(Review.id == review_id)).one()
    shown_at = row.published_at if row.state == PostState.PUBLISHED else None
    update_where(Review, Review.id == review_id, shown_at=shown_at)
    recount(row.product_id)


def _tell_of_reply(reply_id: int, review_id: int) -> None:
    row = db.session.execute(select(Review.author_id, Review.incentive).where(Review.id == review_id)).one()
    replier = db.session.scalar(select(Post.author_id).where(Post.id == reply_id))
    telling.tell(
        row.author_id, "review-replied", f"reply:{reply_id}", post_id=reply_id, review_id=review_id,
        incentive=Incentive(row.incentive).value, actor_id=replier,
    )  # fmt: skip
