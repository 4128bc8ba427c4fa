"""Who has which item in hand: taken by one conditional update, for three minutes, renewed while it is looked at."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, or_, select
from sqlalchemy.orm import aliased

from accounts.members.queries import card
from common import clock
from common.db import db, insert_once, on_postgresql, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.review import numbers
from moderation.review.models import ItemSkip, ReviewItem
from moderation.review.permissions import can_decide, can_review, free_of_conflict
from moderation.review.rules import ItemState, ItemType, lease_end

_RETRIES = 60


@dataclass(frozen=True, slots=True)
class Lease:
    """A right to decide an item until a moment; the token goes with the decision."""

    item_id: int
    token: str
    until: datetime


def is_free(at: datetime) -> ColumnElement[bool]:
    """The criterion on ReviewItem: nobody has it in hand."""
    expired = and_(ReviewItem.state == ItemState.LEASED, ReviewItem.lease_until <= at)
    return or_(ReviewItem.state == ItemState.OPEN, expired)


def is_waiting() -> ColumnElement[bool]:
    """The criterion: still to be decided, and its text was not taken back by its author."""
    about = aliased(Post)
    taken_back = select(about.id).where(
        about.id == ReviewItem.post_id,
        about.state.in_((PostState.WITHDRAWN, PostState.REMOVED, PostState.REJECTED)),
    )
    return and_(
        ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)),
        or_(ReviewItem.kind == ItemType.APPEAL, ~taken_back.exists()),
    )


def queue_order(at: datetime) -> tuple:
    """The order of the queue as columns: class with ageing, earliest due, oldest. Mirrors ``rules.queue_key``."""
    aged = and_(ReviewItem.klass > 1, ReviewItem.aged_at <= at)
    return case((aged, ReviewItem.klass - 1), else_=ReviewItem.klass), ReviewItem.due_at, ReviewItem.id


def servable(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """The criterion: may be given to this moderator now."""
    skipped = select(ItemSkip.id).where(
        ItemSkip.item_id == ReviewItem.id, ItemSkip.moderator_id == actor.member_id, ItemSkip.until > at
    )
    senior = or_(ReviewItem.needs_senior.is_(False), ReviewItem.kind == ItemType.APPEAL)
    rights = free_of_conflict(actor) if actor.is_manager else and_(free_of_conflict(actor), senior)
    return and_(is_waiting(), is_free(at), rights, ~skipped.exists())


def take_next(actor: Actor) -> Lease | None:
    """The most pressing item, reserved for this moderator; None when nothing is left for them.

    What they had in hand before goes back to the queue.
    """
    require(can_review(actor))
    for _attempt in range(_RETRIES):
        with unit_of_work():
            _put_down_others(actor, None)
            at = clock.now()
            wanted = select(ReviewItem.id).where(servable(actor, at)).order_by(*queue_order(at)).limit(1)
            if on_postgresql():
                wanted = wanted.with_for_update(skip_locked=True, of=ReviewItem)
            item_id = db.session.scalar(wanted)
            if item_id is None:
                return None
            lease = _seize(actor, item_id)
            if lease is not None:
                return lease
    raise Conflict()


def claim(actor: Actor, item_id: int) -> Lease:
    """Take this very item in hand; one's own is renewed. Raises :class:`Conflict` when a colleague has it."""
    with unit_of_work():
        item = _existing(item_id)
        require(can_decide(actor, item))
        if item.state in (ItemState.DECIDED, ItemState.CANCELLED):
            raise Conflict(_("This has been decided in the meantime."))
        _put_down_others(actor, item_id)
        at = clock.now()
        if (
            item.lease_owner_id == actor.member_id
            and item.lease_until
            and item.lease_until > at
            and item.lease_token
        ):
            return Lease(item_id, item.lease_token, item.lease_until)
        owner_id = item.lease_owner_id
        lease = _seize(actor, item_id)
        if lease is None:
            name = card(owner_id).name if owner_id else _("a colleague")
            raise Conflict(_("%(name)s is looking at this.", name=name))
        return lease


def heartbeat(actor: Actor, item_id: int, token: str) -> datetime:
    """Renew a lease while the page is open; returns until when. Raises :class:`Conflict` when it has ended."""
    with unit_of_work():
        item = _existing(item_id)
        at = clock.now()
        until = lease_end(item.lease_begun_at or at, at, numbers.lease_numbers())
        if not update_where(ReviewItem, *_mine(actor, item_id, token, at), lease_until=until):
            raise Conflict(_("Your reservation has ended: take the item again."))
        return until


def release(actor: Actor, item_id: int, token: str) -> None:
    """Give an item back undecided. Harmless when it is no longer in hand."""
    with unit_of_work():
        update_where(ReviewItem, *_mine(actor, item_id, token, None), **_put_down())


def skip(actor: Actor, item_id: int, token: str | None = None) -> None:
    """Put an item aside: it is not served to the same moderator for half an hour, and after three skips it
    goes to managers. Raises :class:`Conflict` when a colleague has it."""
    require(can_review(actor))
    rules = numbers.lease_numbers()
    with unit_of_work():
        item = _existing(item_id)
        at = clock.now()
        if item.lease_owner_id != actor.member_id and item.lease_until and item.lease_until > at:
            raise Conflict(_("%(name)s is looking at this.", name=card(item.lease_owner_id).name))
        until = at + timedelta(minutes=rules.skip_minutes)
        if insert_once(ItemSkip, item_id=item_id, moderator_id=actor.member_id, until=until) is None:
            update_where(
                ItemSkip, ItemSkip.item_id == item_id, ItemSkip.moderator_id == actor.member_id, until=until
            )
        senior = case(
            (ReviewItem.skip_count + 1 >= rules.skips_to_senior, True), else_=ReviewItem.needs_senior
        )
        update_where(
            ReviewItem, ReviewItem.id == item_id, ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)),
            skip_count=ReviewItem.skip_count + 1, needs_senior=senior, **_put_down(),
        )  # fmt: skip


def forget_skips() -> None:
    """Drop skips that are over."""
    with unit_of_work():
        db.session.execute(delete(ItemSkip).where(ItemSkip.until < clock.now() - timedelta(days=1)))


def _seize(actor: Actor, item_id: int) -> Lease | None:
    """The one conditional update that gives an item to a moderator."""
    at = clock.now()
    lease = Lease(item_id, secrets.token_urlsafe(24), lease_end(at, at, numbers.lease_numbers()))
    taken = update_where(
        ReviewItem, ReviewItem.id == item_id, is_free(at), state=ItemState.LEASED, lease_owner_id=actor.member_id,
        lease_token=lease.token, lease_begun_at=at, lease_until=lease.until,
    )  # fmt: skip
    return lease if taken else None


def _put_down() -> dict:
    return {
        "state": ItemState.OPEN,
        "lease_owner_id": None,
        "lease_token": None,
        "lease_begun_at": None,
        "lease_until": None,
    }


def _put_down_others(actor: Actor, but_id: int | None) -> None:
    update_where(
        ReviewItem, ReviewItem.lease_owner_id == actor.member_id, ReviewItem.state == ItemState.LEASED,
        ReviewItem.id != (but_id or 0), **_put_down(),
    )  # fmt: skip


def _mine(actor: Actor, item_id: int, token: str, at: datetime | None) -> tuple:
    mine = (
        ReviewItem.id == item_id, ReviewItem.state == ItemState.LEASED, ReviewItem.lease_owner_id == actor.member_id,
        ReviewItem.lease_token == token,
    )  # fmt: skip
    return mine if at is None else (*mine, ReviewItem.lease_until > at)


def _existing(item_id: int) -> ReviewItem:
    item = db.session.get(ReviewItem, item_id, populate_existing=True)
    if item is None:
        raise NotFound()
    return item
