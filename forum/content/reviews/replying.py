"""The right of reply: the brand answers a review, once; its author hears of it (NF ISO 20488)."""

from __future__ import annotations

from sqlalchemy import select

from common import text
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.content.reviews.brands.registering import speaks_for_product
from forum.content.reviews.models import Review, ReviewReply
from forum.content.reviews.permissions import can_reply
from forum.content.reviews.rules import REPLY_MAX, REPLY_MIN
from forum.content.reviews.writing import LIVE, visible_review
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import CategoryPolicy, PostState, readable
from forum.questions.writing import Posted


def reply_to(actor: Actor, review_id: int, body: str) -> Posted:
    """Answer a review in the brand's name: the team at once, a registered account after it was read.

    Raises NotFound, Forbidden, Invalid (body), and Conflict when somebody was faster.
    """
    words = text.normalise(body).strip()
    with unit_of_work():
        review = visible_review(actor, review_id)
        before, live = review.reply_id, has_reply(review)
        require(can_reply(actor, review, speaks_for_product(actor.member_id, review.product_id), live))
        if len(readable(words)) < REPLY_MIN:
            raise Invalid(
                fields={"body": _("A few more words, please: at least %(low)s characters.", low=REPLY_MIN)}
            )
        if len(words) > REPLY_MAX:
            raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=REPLY_MAX)})
        reply = ReviewReply(
            author_id=actor.member_id, parent_id=review_id, body=words, language=actor.language,
            is_official=actor.can_answer_officially,
        )  # fmt: skip
        category = db.session.get_one(Category, review.category_id)
        screening = publishing.submit(actor, reply, category, policy=CategoryPolicy.PRE)
        reply_id, state = reply.id, PostState(reply.state)
        free = Review.reply_id.is_(None) if before is None else Review.reply_id == before
        if not update_where(Review, Review.id == review_id, free, reply_id=reply_id):
            raise Conflict(_("This review already has a reply."))
        return Posted(reply_id, review_id, state, screening.reasons, screening.masked)


def has_reply(review: Review) -> bool:
    """Whether the brand has answered, or an answer waits to be read."""
    if review.reply_id is None:
        return False
    return db.session.scalar(select(Post.state).where(Post.id == review.reply_id)) in LIVE
