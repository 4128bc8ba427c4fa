"""Many decisions begun at once: noted as one go, confirmed by a second person above fifty refusals, cancelled, expired."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from common import audit, clock, jobs, text
from common.db import db, insert_many, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.bulk import numbers
from moderation.bulk.choosing import LEAST_PRESSING, Filter, criterion
from moderation.bulk.models import Bulk, BulkItem
from moderation.bulk.permissions import can_cancel, can_confirm
from moderation.bulk.rules import AMONG_MANY, AT_ONCE, MOST, TYPED_FROM, BulkState, By, Choice, needs_second
from moderation.delegation.scope import in_scope
from moderation.pauses import pausing
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_bulk
from moderation.review.rules import ItemType, Reason, explanation_fault
from moderation.review.wording import EXPLAIN

JOB = "review.bulk"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be decided about each, and what its author reads."""

    choice: Choice
    reason: Reason | None = None
    message: str = ""


def begin(
    actor: Actor, chosen: Filter, stamps: Mapping[int, str], wish: Wish, key: str = "", typed: str | None = None
) -> int:  # fmt: skip
    """Note a go about these items, each in the version given; returns its number. It is under way at once, or waits for a
    second person (domain/moderation.md §B2.4).

    The same form sent twice is one go. Raises Forbidden, and Invalid before anything is written. ``typed``: the number, where
    a page asked for it.
    """
    require(can_bulk(actor))
    _check(stamps, wish, typed)
    if pausing.is_paused(actor):
        raise Conflict(_("Take your time: the queue goes on when you say so."))
    with unit_of_work():
        _one_at_a_time(actor)
        ids = _known(actor, chosen, stamps)
        if not ids:
            raise Invalid(_("Nothing is chosen: tick something, or take another filter."))
        at, waits = clock.now(), needs_second(wish.choice, len(ids), _lately(actor), numbers.alone())
        bulk_id = insert_once(
            Bulk, author_id=actor.member_id, key=key[:40] or secrets.token_hex(16), by=chosen.by, value=chosen.value,
            choice=wish.choice, reason=wish.reason if wish.choice is Choice.REFUSE else None,
            message=text.normalise(wish.message).strip(), item_count=len(ids), begun_at=at,
            state=BulkState.PROPOSED if waits else BulkState.RUNNING,
            expires_at=at + numbers.good_for() if waits else None,
        )  # fmt: skip
        if bulk_id is None:
            return _sent_before(actor, key)
        rows = [{"bulk_id": bulk_id, "item_id": one, "stamp": stamps[one]} for one in ids]
        insert_many(BulkItem, rows)
        audit.write(
            actor, "review.bulk_proposed" if waits else "review.bulk_begun", "review_bulk", bulk_id, None,
            {"by": chosen.by.value, "value": chosen.value, "choice": wish.choice.value, "items": len(ids)},
            wish.reason.value if wish.reason else "",
        )  # fmt: skip
        if not waits:
            _work(bulk_id, timedelta(minutes=1 if len(ids) <= AT_ONCE else 0))
        return bulk_id


def confirm(actor: Actor, bulk_id: int) -> None:
    """Agree as the second person: from here it is under way. Once, whoever else does so at the same moment.

    Raises Forbidden (one's own proposal), Conflict (confirmed, taken off, or too late).
    """
    require(can_bulk(actor))
    with unit_of_work():
        bulk = load(bulk_id)
        require(can_confirm(actor, bulk))
        at = clock.now()
        waits = (
            Bulk.id == bulk_id, Bulk.state == BulkState.PROPOSED, Bulk.expires_at > at, Bulk.author_id != actor.member_id
        )  # fmt: skip
        values = {"state": BulkState.RUNNING, "confirmed_by_id": actor.member_id, "confirmed_at": at}
        if not update_where(Bulk, *waits, **values):
            raise Conflict(_why_not(bulk_id))
        audit.write(actor, "review.bulk_confirmed", "review_bulk", bulk_id)
        _work(bulk_id)


def cancel(actor: Actor, bulk_id: int) -> None:
    """Take a proposal off, or stop what is under way: what was decided by then stays. Raises Conflict when it is over."""
    require(can_bulk(actor))
    with unit_of_work():
        require(can_cancel(actor, load(bulk_id)))
        ends = {"ended_by_id": actor.member_id, "ended_at": clock.now()}
        proposed = (Bulk.id == bulk_id, Bulk.state == BulkState.PROPOSED)
        running = (Bulk.id == bulk_id, Bulk.state == BulkState.RUNNING)
        if update_where(Bulk, *proposed, state=BulkState.CANCELLED, **ends):
            audit.write(actor, "review.bulk_cancelled", "review_bulk", bulk_id)
        elif update_where(Bulk, *running, state=BulkState.STOPPED, **ends):
            audit.write(actor, "review.bulk_stopped", "review_bulk", bulk_id)
        else:
            raise Conflict(_why_not(bulk_id))


def let_expire() -> int:
    """Proposals that nobody confirmed in time are none any more. Returns how many."""
    with unit_of_work():
        old = (Bulk.state == BulkState.PROPOSED, Bulk.expires_at <= clock.now())
        return update_where(Bulk, *old, state=BulkState.EXPIRED, ended_at=clock.now())


def load(bulk_id: int) -> Bulk:
    """A go as it stands now. Raises :class:`NotFound`."""
    found = db.session.get(Bulk, bulk_id, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def _check(stamps: Mapping[int, str], wish: Wish, typed: str | None) -> None:
    if not stamps:
        raise Invalid(_("Nothing is chosen: tick something, or take another filter."))
    if len(stamps) > MOST:
        raise Invalid(_("At most %(most)s items at once: narrow the filter.", most=MOST))
    if wish.choice is Choice.REFUSE:
        if wish.reason is None:
            raise Invalid(fields={"reason": _("Choose the reason: the member reads it.")})
        if explanation_fault(wish.reason, wish.message):
            raise Invalid(fields={"message": EXPLAIN})
    if len(wish.message) > 4000:
        raise Invalid(fields={"message": _("Please keep to %(high)s characters.", high=4000)})
    if typed is not None and len(stamps) >= TYPED_FROM and typed.strip() != str(len(stamps)):
        raise Invalid(fields={"typed": _("Type the number of items: %(count)s.", count=len(stamps))})


def _one_at_a_time(actor: Actor) -> None:
    """Two that one person begins in the same moment are counted together: the second waits for the first."""
    db.session.execute(select(Member.id).where(Member.id == actor.member_id).with_for_update())


def _known(actor: Actor, chosen: Filter, stamps: Mapping[int, str]) -> list[int]:
    """Those of the items that may be among many and are what the filter says: a form can be sent with any numbers."""
    like = () if chosen.by is By.TICKED else (criterion(actor, chosen),)
    there = select(ReviewItem.id).where(
        ReviewItem.id.in_(stamps), ReviewItem.kind.in_(sorted(AMONG_MANY | {ItemType.AUDIT})), in_scope(actor),
        ReviewItem.klass >= LEAST_PRESSING, *like,
    )  # fmt: skip
    return list(db.session.scalars(there.order_by(ReviewItem.id)))


def _lately(actor: Actor) -> int:
    alone = (
        Bulk.author_id == actor.member_id, Bulk.choice == Choice.REFUSE, Bulk.confirmed_by_id.is_(None),
        Bulk.state.in_((BulkState.RUNNING, BulkState.DONE, BulkState.STOPPED)),
        Bulk.begun_at > clock.now() - timedelta(hours=1),
    )  # fmt: skip
    return db.session.scalar(select(func.coalesce(func.sum(Bulk.item_count), 0)).where(*alone)) or 0


def _sent_before(actor: Actor, key: str) -> int:
    same = select(Bulk.id).where(Bulk.author_id == actor.member_id, Bulk.key == key[:40])
    return db.session.scalars(same).one()


def _work(bulk_id: int, wait: timedelta = timedelta(0)) -> None:
    """The job decides. A few are decided while their page waits: there it only comes later, to look whether that went through."""
    jobs.enqueue(JOB, {"bulk_id": bulk_id}, f"{JOB}:{bulk_id}", clock.now() + wait)


def _why_not(bulk_id: int) -> Sentence:
    bulk = load(bulk_id)
    if bulk.state is BulkState.PROPOSED or bulk.state is BulkState.EXPIRED:
        return _("This proposal is too old: nobody confirmed it in time. Nothing was decided.")
    if bulk.state is BulkState.CANCELLED:
        return _("This proposal was taken off. Nothing was decided.")
    if bulk.state is BulkState.RUNNING:
        return _("A colleague has just confirmed this: it is under way.")
    return _("This is over: read what became of each item.")
