"""Which waiting items have something in common: an author, a text, a site they link to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from common import clock
from common.db import db
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor
from forum.questions.models import Post
from moderation.bulk.rules import AMONG_MANY, MOST, By
from moderation.review.leasing import is_free, is_waiting
from moderation.review.models import ReviewItem
from moderation.review.permissions import free_of_conflict, is_within
from moderation.review.rules import ItemType
from moderation.screening.likeness import is_alike
from moderation.screening.models import PostedHost, TextPrint

LOOKED_THROUGH = 4_000
"""So many waiting texts are compared with one, the newest first."""

LEAST_PRESSING = 1
"""Danger (P0) is read one by one, never among many."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the items have in common; ``value`` is a member, a post, or a host."""

    by: By
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter finds: at most 200 items, how many there are, and how many a colleague has or are left out."""

    ids: list[int]
    total: int
    in_hand: int
    urgent: int


def filter_like(actor: Actor, by: By, item_id: int | None, host: str = "") -> Filter:
    """The filter that an item, or the name of a site, stands for. Raises :class:`Invalid`."""
    if by is By.DOMAIN:
        site = host.strip().lower().removeprefix("https://").removeprefix("http://").split("/")[0]
        site = site.removeprefix("www.")
        if not site or "." not in site or len(site) > 255:
            raise Invalid(fields={"like": _("Name the site, as in: shop.example")})
        return Filter(by, site)
    item = db.session.get(ReviewItem, item_id) if item_id else None
    if item is None or by is By.TICKED or not is_within(actor, item):
        raise Invalid(fields={"like": _("There is no item with this number.")})
    if by is By.TEXT:
        if item.post_id is None or item.kind in (ItemType.APPEAL, ItemType.EDIT):
            raise Invalid(fields={"like": _("This item has no text of its own to compare with.")})
        return Filter(by, str(item.post_id))
    wrote = _in_public(item) if actor.is_limited else item.author_id
    if wrote is None:
        raise Invalid(fields={"like": _("Its author has left: nobody is named there any more.")})
    return Filter(by, str(wrote))


def _in_public(item: ReviewItem) -> int | None:
    """Who wrote it as everybody sees it: a mask is not lifted by counting."""
    return db.session.scalar(select(Post.author_id).where(Post.id == item.post_id))


def found(actor: Actor, chosen: Filter) -> Found:
    """The waiting items that this person may decide about, the oldest first. Appeals are never among many."""
    like = (criterion(actor, chosen), *_decidable(actor))
    counted = db.session.execute(
        select(
            func.count().filter(ReviewItem.klass >= LEAST_PRESSING),
            func.count().filter(ReviewItem.klass >= LEAST_PRESSING, ~_free(actor)),
            func.count().filter(ReviewItem.klass < LEAST_PRESSING),
        ).where(*like)
    ).one()
    calm = select(ReviewItem.id).where(*like, ReviewItem.klass >= LEAST_PRESSING)
    ids = list(db.session.scalars(calm.order_by(ReviewItem.id).limit(MOST)))
    return Found(ids, *counted)


def _decidable(actor: Actor) -> tuple[Any, ...]:
    return is_waiting(), free_of_conflict(actor), ReviewItem.kind.in_(sorted(AMONG_MANY))


def _free(actor: Actor) -> ColumnElement[bool]:
    mine = func.coalesce(ReviewItem.lease_owner_id, 0) == (actor.member_id or -1)
    return is_free(clock.now()) | mine


def criterion(actor: Actor, chosen: Filter) -> ColumnElement[bool]:
    """What an item is that the filter means."""
    if chosen.by is By.DOMAIN:
        linking = select(PostedHost.post_id).where(PostedHost.host.in_((chosen.value, f"www.{chosen.value}")))
        return ReviewItem.post_id.in_(linking)
    if chosen.by is By.AUTHOR:
        if actor.is_limited:
            written = select(Post.id).where(Post.author_id == int(chosen.value))
            return ReviewItem.post_id.in_(written)
        return ReviewItem.author_id == int(chosen.value)
    return ReviewItem.post_id.in_(_alike(int(chosen.value)))


def _alike(post_id: int) -> list[int]:
    """The waiting texts that are the same as this one, or nearly; a text too short to compare has only its like."""
    own = db.session.execute(
        select(TextPrint.digest, TextPrint.simhash).where(TextPrint.post_id == post_id)
    ).first()
    if own is None or not own.simhash:
        body = select(Post.body).where(Post.id == post_id).scalar_subquery()
        waits = select(ReviewItem.post_id).where(ReviewItem.open_key.is_not(None))
        same = select(Post.id).where(Post.id.in_(waits), Post.body == body).limit(LOOKED_THROUGH)
        return list(db.session.scalars(same))
    rows = db.session.execute(
        select(TextPrint.post_id, TextPrint.digest, TextPrint.simhash)
        .join(ReviewItem, ReviewItem.post_id == TextPrint.post_id)
        .where(ReviewItem.open_key.is_not(None))
        .order_by(ReviewItem.id.desc())
        .limit(LOOKED_THROUGH)
    )
    return sorted({row.post_id for row in rows if is_alike(own, row)})
