"""Write, edit and withdraw a review. The rating goes into no decision here: it is stored, and that is all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from accounts.members.models import Member
from common import clock, limits, settings
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.content.reviews.brands.registering import speaks_for
from forum.content.reviews.forms import Draft
from forum.content.reviews.incentives import incentive_of
from forum.content.reviews.models import Review
from forum.content.reviews.permissions import Standing, can_change, can_review, can_withdraw
from forum.content.reviews.rules import checked_how, kept_incentive
from forum.drafts.drafting import discard
from forum.drafts.permissions import can_take_up
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.products.marking import owns_verified
from forum.products.models import Product
from forum.questions import publishing
from forum.questions.models import PendingEdit, Post
from forum.questions.permissions import can_see, member_of
from forum.questions.rules import CategoryPolicy, PostState
from forum.questions.writing import Posted

LIVE = (PostState.HELD, PostState.PUBLISHED, PostState.HIDDEN)
"""States in which a review takes its author's place for a product."""


def standing_of(actor: Actor, product_id: int, brand: str) -> Standing:
    """What the actor is to a product."""
    if actor.member_id is None:
        return Standing()
    return Standing(
        owns_verified(actor.member_id, product_id), incentive_of(actor.member_id, product_id),
        speaks_for(actor.member_id, brand), _own(actor.member_id, product_id),
    )  # fmt: skip


def write_review(
    actor: Actor, product_id: int, draft: Draft, composed_seconds: float | None = None
) -> Posted:
    """Publish a review, or hold it. Exactly the same sent again within minutes is the first one. What is sent after a
    refusal is read first, whoever wrote it.

    Raises NotFound, Forbidden, Invalid for the text that was refused, and TooMany.
    """
    with unit_of_work():
        _one_at_a_time(actor)
        product = db.session.get(Product, product_id)
        if product is None:
            raise NotFound()
        standing = standing_of(actor, product_id, product.brand)
        if standing.own_review_id and (first := _just_sent(standing.own_review_id, draft)):
            return first
        require(can_review(actor, standing))
        before = _refused(actor, product_id)
        if before is not None and (before.title, before.body) == (draft.title, draft.body):
            raise Invalid(
                fields={
                    "body": _(
                        "This is the text that was refused. Change what the decision names, then send it again."
                    )
                }
            )
        _free_place(_place(member_of(actor), product_id))
        limits.hit("review", member_of(actor), f"{settings.get('reviews.a_day')}/day")
        review = Review(
            author_id=actor.member_id, product_id=product_id, category_id=product.category_id, title=draft.title,
            body=draft.body, rating=draft.rating, experienced_on=draft.experienced_on, language=actor.language,
            incentive=standing.incentive, checked=checked_how(standing.incentive, standing.bought),
            place_key=_place(member_of(actor), product_id),
        )  # fmt: skip
        category = db.session.get_one(Category, product.category_id)
        policy = policy_for(actor) if before is None else CategoryPolicy.PRE
        screening = publishing.submit(actor, review, category, composed_seconds, policy)
        discard(actor, draft_of(product_id))
        return Posted(review.id, review.id, PostState(review.state), screening.reasons, screening.masked)


def to_mend(actor: Actor, product_id: int) -> Review | None:
    """One's own last review of a product when it was refused, as long as it can be taken up and nothing was sent since: its
    author alone changes it, and the new text is a new review that is read anew."""
    refused = _refused(actor, product_id)
    return refused if refused is not None and can_take_up(refused.removed_at or refused.created_at) else None


def _refused(actor: Actor, product_id: int) -> Review | None:
    mine = select(Review).where(Review.author_id.in_(actor.ids), Review.product_id == product_id)
    last = db.session.scalar(mine.order_by(Review.id.desc()).limit(1)) if actor.signed_in else None
    return last if last is not None and last.state == PostState.REJECTED and last.body else None


def draft_of(product_id: int) -> str:
    """Where one's words about a product are kept until they are sent."""
    return f"review:{product_id}"


def edit_review(actor: Actor, review_id: int, version: int, draft: Draft) -> Posted:
    """Change one's own review, at any time; it is screened anew, and the version before is kept.

    Raises NotFound, Forbidden, TooMany, and Conflict when it has another version by now.
    """
    with unit_of_work():
        review = visible_review(actor, review_id)
        require(can_change(actor, review))
        if review.version != version:
            raise Conflict(_("This text was changed in the meantime. Yours is kept below: please compare."))
        facts = {"rating": draft.rating, "experienced_on": draft.experienced_on.isoformat()}
        if (review.title, review.body, review.facts()) == (draft.title, draft.body, facts):
            discard(actor, draft_of(review.product_id))
            return Posted(review_id, review_id, PostState(review.state))
        keep_pace(actor, Act.EDIT)
        _label_again(review)
        review = db.session.get_one(Review, review_id)
        category = db.session.get_one(Category, review.category_id)
        screening = publishing.submit_edit(
            actor, review, draft.title, draft.body, category, "", version, facts, policy_for(actor)
        )
        discard(actor, draft_of(review.product_id))
        state = PostState(db.session.get_one(Review, review_id).state)
        return Posted(review_id, review_id, state, screening.reasons, screening.masked)


def withdraw(actor: Actor, post_id: int) -> bool:
    """Take back an own review, or an own reply to one; it never comes back. True when that is new."""
    with unit_of_work():
        post = db.session.get(Post, post_id, populate_existing=True)
        if post is None or not can_see(actor, post) or post.kind not in ("review", "review_reply"):
            raise NotFound()
        if post.state == PostState.WITHDRAWN and post.author_id in actor.ids:
            return False
        require(can_withdraw(actor, post))
        _go(actor, post_id)
        return True


def retire(review_id: int) -> None:
    """Its time is over: a review is taken off, by the house, without any decision about it."""
    with unit_of_work():
        _go(SYSTEM, review_id)


def _go(actor: Actor, post_id: int) -> None:
    waiting = delete(PendingEdit).where(PendingEdit.post_id == post_id)
    db.session.execute(waiting.execution_options(synchronize_session="fetch"))
    publishing.withdraw(actor, post_id)
    update_where(Review, Review.id == post_id, place_key=None)


def visible_review(actor: Actor, review_id: int) -> Review:
    """The review, if the actor may read it. Raises :class:`NotFound` otherwise, telling nothing."""
    review = db.session.get(Review, review_id, populate_existing=True)
    if review is None or not can_see(actor, review):
        raise NotFound()
    return review


def policy_for(actor: Actor) -> CategoryPolicy:
    """Who is known is published at once and read afterwards, everybody else is read first (domain/rewards.md §A2.2)."""
    known = actor.rank >= settings.get("reviews.trusted_rank")
    return CategoryPolicy.POST if known else CategoryPolicy.PRE


def take_place_again(review_id: int) -> None:
    """A review that was refused is back: if its author has written another one since, that one says it now."""
    row = db.session.execute(
        select(Review.place_key, Review.product_id, Review.author_id).where(Review.id == review_id)
    ).one()
    if row.place_key is not None or row.author_id is None:
        return
    if _own(row.author_id, row.product_id) is not None:
        publishing.withdraw(SYSTEM, review_id)
    else:
        update_where(Review, Review.id == review_id, place_key=_place(row.author_id, row.product_id))


def _place(member_id: int, product_id: int) -> str:
    return f"{member_id}:{product_id}"


def _one_at_a_time(actor: Actor) -> None:
    """Two forms of one member wait for each other, so that the second sees the first."""
    db.session.execute(select(Member.id).where(Member.id == actor.member_id).with_for_update())


def _own(member_id: int, product_id: int) -> int | None:
    """The member's review of a product; a refused one is none."""
    key = _place(member_id, product_id)
    found = db.session.execute(select(Review.id, Review.state).where(Review.place_key == key)).first()
    return found.id if found is not None and found.state in LIVE else None


def _free_place(key: str) -> None:
    gone = select(Review.id).where(Review.place_key == key, Review.state.not_in(LIVE))
    if (review_id := db.session.scalar(gone)) is not None:
        update_where(Review, Review.id == review_id, place_key=None)


def _just_sent(review_id: int, draft: Draft) -> Posted | None:
    review = db.session.get_one(Review, review_id)
    window = timedelta(minutes=settings.get("forum.resubmit_minutes"))
    same = review.title == draft.title and review.body == draft.body and review.rating == draft.rating
    if not same or clock.now() - review.created_at >= window:
        return None
    return Posted(review.id, review.id, PostState(review.state), tuple(review.held_reasons), repeated=True)


def _label_again(review: Review) -> None:
    """What its author was given since is said too; what was said before stays."""
    author_id = review.author_id or 0
    given = kept_incentive(review.incentive, incentive_of(author_id, review.product_id))
    if given is not review.incentive:
        update_where(
            Review, Review.id == review.id, incentive=given, checked=checked_how(given, bought=False)
        )
