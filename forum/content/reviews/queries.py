"""Reads of reviews: the list of a product, one review, a member's own, the figures. Everything a page shows of a review
carries its label: there is no view without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import NotFound
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from forum.content.reviews import rules
from forum.content.reviews.models import RatingCount, Review, ReviewVote
from forum.content.reviews.rules import Checked, Figures, Incentive, ReviewSort
from forum.products.models import Product
from forum.questions.models import Post
from forum.questions.queries import find_post
from forum.questions.rules import PostKind, PostState

PAGE_SIZE = 10
ON_PRODUCT, ON_PROFILE = 3, 5
_post, _review = Post.__table__, Review.__table__


@dataclass(frozen=True, slots=True)
class ReplyView:
    """The brand's answer."""

    id: int
    author_id: int | None
    author: MemberCard
    official: bool
    html: Markup
    language: str
    state: PostState
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as every page, feed and data block shows it."""

    id: int
    product_id: int
    product_slug: str
    product_name: str
    author_id: int | None
    author: MemberCard
    title: str
    html: Markup
    plain: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    rating: int
    experienced_on: date
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    version: int
    incentive: Incentive
    checked: Checked
    masked: bool
    useful_count: int
    language: str
    state: PostState
    held_reasons: tuple[str, ...]
    reply: ReplyView | None = None
    own: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it waits, under the name the note about held texts reads."""
        return self.held_reasons


_COLUMNS = (
    _post.c.id, _review.c.product_id, Product.slug.label("product_slug"), Product.name.label("product_name"),
    _post.c.author_id, _review.c.title, _post.c.body, _post.c.body_html, _review.c.rating, _review.c.experienced_on,
    _post.c.created_at, _post.c.published_at, _post.c.edited_at, _post.c.version, _review.c.incentive, _review.c.checked,
    _review.c.masked_at, _review.c.useful_count, _post.c.language, _post.c.state, _post.c.held_reasons,
    _review.c.reply_id, _review.c.shown_at,
)  # fmt: skip


def _rows() -> Select[Any]:
    from_ = _review.join(_post, _post.c.id == _review.c.id).join(Product, Product.id == _review.c.product_id)
    return select(*_COLUMNS).select_from(from_)


def _shown() -> Select[Any]:
    return _rows().where(_review.c.shown_at.is_not(None), _post.c.state == PostState.PUBLISHED)


def reviews_page(
    product_id: int, sort: ReviewSort = ReviewSort.RECENT, rating: int | None = None, after: str = "",
    size: int = PAGE_SIZE,
) -> Page[ReviewView]:  # fmt: skip
    """A part of the published reviews of a product: two statements and one for the names, however many there are."""
    query = _shown().where(_review.c.product_id == product_id)
    if rating is not None:
        query = query.where(_review.c.rating == rating)
    if sort is ReviewSort.USEFUL:
        query = keyset(query, _review.c.useful_count, _review.c.id, after, size, by_time=False)
        found = page_of(list(db.session.execute(query)), size, lambda row: (row.useful_count, row.id))
    else:
        query = keyset(query, _review.c.shown_at, _review.c.id, after, size)
        found = page_of(list(db.session.execute(query)), size, lambda row: (row.shown_at, row.id))
    return Page(_views(found.items), found.next)


def reviews_of(member_id: int, size: int = ON_PROFILE) -> list[ReviewView]:
    """A member's published reviews, the newest first."""
    mine = (_post.c.author_id == member_id, _post.c.kind == PostKind.REVIEW)
    query = _shown().where(*mine).order_by(_post.c.published_at.desc(), _post.c.id.desc())
    return _views(db.session.execute(query.limit(size)).all())


def own_waiting(actor: Actor, product_id: int) -> ReviewView | None:
    """One's own review of a product while nobody else sees it."""
    waits = (PostState.HELD, PostState.HIDDEN)
    mine = (_post.c.author_id.in_(actor.ids), _review.c.product_id == product_id, _post.c.state.in_(waits))
    found = _views(db.session.execute(_rows().where(*mine).limit(1)).all()) if actor.signed_in else []
    return found[0] if found else None


def one_review(actor: Actor, post_id: int) -> ReviewView:
    """A review this actor may read, by its own number or its reply's. Raises NotFound, or Gone for what was removed."""
    post = find_post(actor, post_id)
    if post.kind == PostKind.REVIEW_REPLY:
        post = find_post(actor, post.parent_id or 0)
    if post.kind != PostKind.REVIEW:
        raise NotFound()
    return _views(db.session.execute(_rows().where(_post.c.id == post.id)).all(), actor)[0]


def _views(rows: Iterable[Any], reader: Actor | None = None) -> list[ReviewView]:
    rows = list(rows)
    replies = _replies({row.reply_id for row in rows if row.reply_id}, reader)
    people = cards({row.author_id for row in rows} | {reply.author_id for reply in replies.values()})
    mine = reader.ids if reader is not None else frozenset()
    return [_view(row, people, replies.get(row.reply_id), row.author_id in mine) for row in rows]


def _view(row: Any, people: Any, reply: Any, own: bool) -> ReviewView:
    words = rules.parts_of(row.body)
    html = rules.html_of_text(row.body, row.body_html)
    return ReviewView(
        row.id, row.product_id, row.product_slug, row.product_name, row.author_id, people[row.author_id], row.title,
        Markup(html), words.text, words.pros, words.cons, row.rating, row.experienced_on, row.created_at,  # noqa: S704 - stored as common.text rendered it
        row.published_at, row.edited_at, row.version, Incentive(row.incentive), Checked(row.checked),
        row.masked_at is not None, row.useful_count, row.language, PostState(row.state), tuple(row.held_reasons or ()),
        _reply_view(reply, people) if reply else None, own,
    )  # fmt: skip


def _replies(ids: set[int], reader: Actor | None) -> dict[int, Any]:
    """Replies that are published; on the page of one review those the reader may see."""
    if not ids:
        return {}
    columns = (
        _post.c.id, _post.c.author_id, _post.c.is_official, _post.c.body_html, _post.c.language, _post.c.state,
        _post.c.published_at,
    )  # fmt: skip
    found = db.session.execute(select(*columns).where(_post.c.id.in_(ids)))
    return {row.id: row for row in found if row.state == PostState.PUBLISHED or _may_see(reader, row)}


def _may_see(reader: Actor | None, row: Any) -> bool:
    waits = row.state in (PostState.HELD, PostState.HIDDEN)
    return reader is not None and waits and (row.author_id in reader.ids or reader.can_moderate)


def _reply_view(row: Any, people: Any) -> ReplyView:
    return ReplyView(
        row.id, row.author_id, people[row.author_id], row.is_official, Markup(row.body_html),  # noqa: S704 - stored as common.text rendered it
        row.language, PostState(row.state), row.published_at,
    )  # fmt: skip


def figures_of(product_id: int) -> Figures:
    """What the published reviews of a product come to; one small statement."""
    columns = (RatingCount.rating, RatingCount.incentive, RatingCount.review_count)
    rows = db.session.execute(select(*columns).where(RatingCount.product_id == product_id))
    return rules.figures((row.rating, row.incentive, row.review_count) for row in rows)


def found_useful(actor: Actor, review_ids: Iterable[int]) -> frozenset[int]:
    """Which of these reviews the actor found useful."""
    ids = list(review_ids)
    if not actor.signed_in or not ids:
        return frozenset()
    mine = (ReviewVote.member_id == actor.member_id, ReviewVote.withdrawn_at.is_(None))
    return frozenset(
        db.session.scalars(select(ReviewVote.review_id).where(*mine, ReviewVote.review_id.in_(ids)))
    )
