"""Who has which item in hand: taken by one conditional update, for three minutes, renewed while it is looked at."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from accounts.members.queries import card
from accounts.retention.sweeping import sweep
from common import audit, clock
from common.db import db, insert_once, on_postgresql, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.audits import mixing
from moderation.review import numbers
from moderation.review.models import UNLEASED, ItemSkip, ReviewItem
from moderation.review.permissions import can_decide, can_review, can_take_over, free_of_conflict, is_within
from moderation.review.rules import AGEING_FROM, CLASSES, WITHOUT_POST, ItemState, ItemType, lease_end

_RETRIES = 60
ABOUT_NO_POST = (ItemType.APPEAL, *WITHOUT_POST)
STAYS = (ItemType.APPEAL, ItemType.AUDIT)
"""Types that skips do not lead to managers."""


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


def is_unread(at: datetime) -> ColumnElement[bool]:
    """The criterion: nobody looks at it, though somebody may have it ready as one of the next."""
    return or_(is_free(at), and_(ReviewItem.state == ItemState.LEASED, ReviewItem.lease_begun_at.is_(None)))


def is_waiting() -> ColumnElement[bool]:
    """The criterion: still to be decided, and its text was not taken back by its author."""
    about = aliased(Post)
    taken_back = select(about.id).where(
        about.id == ReviewItem.post_id,
        about.state.in_((PostState.WITHDRAWN, PostState.REMOVED, PostState.REJECTED)),
    )
    return and_(
        ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)),
        or_(
            ReviewItem.kind.in_(ABOUT_NO_POST),
            and_(ReviewItem.kind == ItemType.AUDIT, mixing.is_showable()),
            and_(ReviewItem.kind != ItemType.AUDIT, ~taken_back.exists()),
        ),
    )


def queue_order(at: datetime) -> tuple:
    """The order of the queue as columns: class with ageing, earliest due, oldest. Mirrors ``rules.queue_key``."""
    aged = and_(ReviewItem.klass >= AGEING_FROM, ReviewItem.aged_at <= at)
    return case((aged, ReviewItem.klass - 1), else_=ReviewItem.klass), ReviewItem.due_at, ReviewItem.id


def servable(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """The criterion: may be given to this moderator, once it is free."""
    skipped = select(ItemSkip.id).where(
        ItemSkip.item_id == ReviewItem.id, ItemSkip.moderator_id == actor.member_id, ItemSkip.until > at
    )
    senior = or_(ReviewItem.needs_senior.is_(False), ReviewItem.kind.in_(STAYS))
    rights = free_of_conflict(actor) if actor.is_manager else and_(free_of_conflict(actor), senior)
    return and_(is_waiting(), rights, ~skipped.exists())


def take_next(actor: Actor, among: ColumnElement[bool] | None = None) -> Lease | None:
    """The most pressing item, reserved for this moderator, with the next four held ready behind it so that they can
    be read ahead (domain/moderation.md §B2.3); None when nothing is left for them.

    What they looked at before goes back to the queue; what is held ready stays, if it is ``among`` what they go
    through. When nothing is free, what a colleague only holds ready is taken over. Now and then one of them is an audit.
    """
    require(can_review(actor))
    for _attempt in range(_RETRIES):
        with unit_of_work():
            at = clock.now()
            wanted = (servable(actor, at), among)
            unfit = ReviewItem.lease_begun_at.is_not(None)
            _put_down_mine(actor, unfit if among is None else or_(unfit, ~among))
            ready = select(func.count(ReviewItem.id)).where(*_held_by(actor, at))
            room = max(0, numbers.lease_numbers().ahead - (db.session.scalar(ready) or 0))
            free = first_ids(at, is_free(at), *wanted, limit=room, locked=True)
            if free and (audit_id := mixing.mix_in(actor, free[0], among)) is not None:
                free = [*free[: room - 1], audit_id]
            for item_id in free:
                _seize(actor, item_id, None)
            if lease := _turn_to(actor, at):
                return lease
            unread = first_ids(at, is_unread(at), *wanted, limit=1, locked=True)
            if not free and not unread:
                return None
            if unread and (lease := _seize(actor, unread[0], at, is_unread(at))):
                return lease
    raise Conflict()


def _turn_to(actor: Actor, at: datetime) -> Lease | None:
    """The first of what one holds ready is looked at from now on."""
    first = select(ReviewItem.id, ReviewItem.lease_token).where(*_held_by(actor, at))
    row = db.session.execute(first.order_by(*queue_order(at)).limit(1)).first()
    if row is None:
        return None
    until = _look_at(actor, row.id, at)
    return Lease(row.id, row.lease_token, until) if until else None


def _look_at(actor: Actor, item_id: int, at: datetime) -> datetime | None:
    """Until when; None where a colleague has taken it over since it was read."""
    until = lease_end(at, at, numbers.lease_numbers())
    still_mine = (ReviewItem.id == item_id, *_held_by(actor, at))
    return until if update_where(ReviewItem, *still_mine, lease_begun_at=at, lease_until=until) else None


def held_ready(actor: Actor, but_id: int | None) -> list[int]:
    """What else is reserved for this moderator now, the most pressing first: what a page reads ahead."""
    at = clock.now()
    mine = select(ReviewItem.id).where(*_held_by(actor, at), ReviewItem.id != (but_id or 0))
    return list(db.session.scalars(mine.order_by(*queue_order(at)).limit(20)))


def _held_by(actor: Actor, at: datetime) -> tuple[ColumnElement[bool], ...]:
    mine = ReviewItem.lease_owner_id == actor.member_id
    return ReviewItem.state == ItemState.LEASED, mine, ReviewItem.lease_until > at


def claim(actor: Actor, item_id: int) -> Lease:
    """Take this very item in hand; one's own is renewed. Raises :class:`Conflict` when a colleague looks at it."""
    with unit_of_work():
        item = _existing(item_id)
        require(can_decide(actor, item))
        if item.state in (ItemState.DECIDED, ItemState.CANCELLED):
            raise Conflict(_("This has been decided in the meantime."))
        _put_down_mine(actor, ReviewItem.lease_begun_at.is_not(None), ReviewItem.id != item_id)
        at, item = clock.now(), _existing(item_id)
        if item.lease_owner_id == actor.member_id and item.lease_until and item.lease_until > at:
            token = item.lease_token or ""
            until = item.lease_until if item.lease_begun_at else _look_at(actor, item_id, at)
            if until:
                return Lease(item_id, token, until)
            item = _existing(item_id)
        owner_id = item.lease_owner_id
        lease = _seize(actor, item_id, at, is_unread(at))
        if lease is None:
            name = card(owner_id).name if owner_id else _("a colleague")
            raise Conflict(_("%(name)s is looking at this.", name=name))
        return lease


def take_among_many(actor: Actor, item_id: int) -> Lease | None:
    """Take one of many that are decided at once, without putting down what is looked at; None when a colleague has it."""
    with unit_of_work():
        at, item = clock.now(), _existing(item_id)
        if item.lease_owner_id == actor.member_id and item.lease_until and item.lease_until > at:
            return Lease(item_id, item.lease_token or "", item.lease_until)
        return _seize(actor, item_id, at)


def take_over(actor: Actor, item_id: int) -> Lease:
    """A manager takes an item out of a colleague's hands; whoever had it reads so when they decide."""
    require(can_take_over(actor))
    with unit_of_work():
        item = _existing(item_id)
        require(can_decide(actor, item))
        owner_id, at = item.lease_owner_id, clock.now()
        _put_down_mine(actor, ReviewItem.lease_begun_at.is_not(None), ReviewItem.id != item_id)
        lease = _seize(actor, item_id, at, ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)))
        if lease is None:
            raise Conflict(_("This has been decided in the meantime."))
        if owner_id not in (None, actor.member_id):
            audit.write(
                actor,
                "review.taken_over",
                "review_item",
                item_id,
                {"owner": owner_id},
                {"owner": actor.member_id},
            )
        return lease


def heartbeat(actor: Actor, item_id: int, token: str) -> datetime:
    """Renew a lease while the page is open, and what is held ready behind it; returns until when. Raises
    :class:`Conflict` when it has ended."""
    with unit_of_work():
        item = _existing(item_id)
        at = clock.now()
        until = lease_end(item.lease_begun_at or at, at, numbers.lease_numbers())
        if not update_where(ReviewItem, *_mine(actor, item_id, token, at), lease_until=until):
            raise Conflict(_("Your reservation has ended: take the item again."))
        update_where(ReviewItem, *_held_by(actor, at), ReviewItem.lease_begun_at.is_(None), lease_until=until)
        return until


def release(actor: Actor, item_id: int, token: str) -> None:
    """Give an item back undecided. Harmless when it is no longer in hand."""
    with unit_of_work():
        update_where(ReviewItem, *_mine(actor, item_id, token, None), state=ItemState.OPEN, **UNLEASED)


def skip(actor: Actor, item_id: int, token: str | None = None) -> None:
    """Put an item aside: it is not served to the same moderator for half an hour, and after three skips it
    goes to managers. Raises :class:`Conflict` when a colleague has it."""
    require(can_review(actor))
    rules = numbers.lease_numbers()
    with unit_of_work():
        item = _existing(item_id)
        if not is_within(actor, item):
            raise NotFound()
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
            skip_count=ReviewItem.skip_count + 1, needs_senior=senior, state=ItemState.OPEN, **UNLEASED,
        )  # fmt: skip


def forget_skips() -> None:
    """Drop skips that are over."""
    with unit_of_work():
        sweep("skips", ItemSkip, ItemSkip.until < clock.now() - timedelta(days=1))


def _seize(
    actor: Actor, item_id: int, begun_at: datetime | None, when: ColumnElement[bool] | None = None
) -> Lease | None:
    """The one conditional update that gives an item to a moderator; without ``begun_at`` it is only held ready."""
    at = clock.now()
    lease = Lease(item_id, secrets.token_urlsafe(24), lease_end(at, at, numbers.lease_numbers()))
    taken = update_where(
        ReviewItem, ReviewItem.id == item_id, is_free(at) if when is None else when, state=ItemState.LEASED,
        lease_owner_id=actor.member_id, lease_token=lease.token, lease_begun_at=begun_at, lease_until=lease.until,
    )  # fmt: skip
    return lease if taken else None


def _put_down_mine(actor: Actor, *which: ColumnElement[bool]) -> None:
    mine = (ReviewItem.lease_owner_id == actor.member_id, ReviewItem.state == ItemState.LEASED)
    update_where(ReviewItem, *mine, *which, state=ItemState.OPEN, **UNLEASED)


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


# --- the order, read along an index -----------------------------------------------------------------------------


def first_ids(
    at: datetime, *criteria: ColumnElement[bool] | None, limit: int, locked: bool = False
) -> list[int]:
    """The most pressing items that meet the criteria, in the order of ``rules.queue_key``. ``locked`` leaves out, on
    PostgreSQL, what another is just taking."""
    if limit <= 0:
        return []
    such = [one for one in criteria if one is not None]
    if not locked or not on_postgresql():
        parts = [
            _first(served, where, such, limit).subquery()
            for served in CLASSES
            for where in _served_as(served, at)
        ]
        rows = db.session.execute(union_all(*(select(part) for part in parts))).all()
        return [row.id for row in sorted(rows, key=tuple)[:limit]]
    found: list[int] = []
    for served in CLASSES:  # rows of a union cannot be locked
        rows = []
        for where in _served_as(served, at):
            wanted = _first(served, where, such, limit - len(found))
            rows += db.session.execute(wanted.with_for_update(skip_locked=True, of=ReviewItem)).all()
        found += [row.id for row in sorted(rows, key=tuple)[: limit - len(found)]]
        if len(found) >= limit:
            break
    return found


def _first(served: int, where: ColumnElement[bool], such: list[ColumnElement[bool]], limit: int) -> Any:
    wanted = select(literal(served).label("served"), ReviewItem.due_at, ReviewItem.id)
    wanted = wanted.where(ReviewItem.open_key.is_not(None), where, *such)
    return wanted.order_by(ReviewItem.due_at, ReviewItem.id).limit(limit)


def _served_as(served: int, at: datetime) -> list[ColumnElement[bool]]:
    """The items served in a class: its own that are young, and the aged ones of the class below."""
    own = ReviewItem.klass == served
    ways = [own if served < AGEING_FROM else and_(own, ReviewItem.aged_at > at)]
    if AGEING_FROM <= served + 1 <= CLASSES[-1]:
        ways.append(and_(ReviewItem.klass == served + 1, ReviewItem.aged_at <= at))
    return ways
