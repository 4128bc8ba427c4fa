"""The shop says that a code was used, or that the order was cancelled. Whatever comes twice, late or in the wrong order
ends the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from accounts.notifications.telling import tell
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.i18n import _
from common.unit_of_work import unit_of_work
from rewards.promotions import secrecy, using
from rewards.promotions.models import Coupon
from rewards.shop.models import Redemption, ShopEvent
from rewards.shop.rules import PARKED, Cancelled, EventKind, Told
from rewards.worth import limiting

Answer = tuple[int, dict[str, Any]]


class EventReused(Conflict):
    """The shop's own number of an event came again with something else in it."""

    code = "event_reused"
    default = _("This event_id was used before for something else.")


@dataclass(frozen=True, slots=True)
class _Reserved:
    """An event of the shop: new, or with the answer it got."""

    id: int
    first: Answer | None


def redeem(told: Told) -> Answer:
    """A code was used in an order; returns status and answer. Raises NotFound (unknown), Gone (over before it was used),
    Conflict (used in another order, or another currency): nothing is kept then."""
    code = secrecy.fingerprint(told.code)
    about = (code, told.order_ref, str(told.amount_minor), told.currency, told.occurred_at.isoformat())
    with unit_of_work():
        event = _reserve(told.event_id, EventKind.REDEEM, told.event_id, about)
        if event.first is not None:
            return event.first
        used = using.use(code, told.order_ref, told.amount_minor, told.currency, told.occurred_at)
        if used.new:
            insert_once(
                Redemption, event_id=told.event_id, coupon_id=used.coupon_id, order_ref=told.order_ref,
                amount_minor=told.amount_minor, currency=told.currency, occurred_at=told.occurred_at,
                received_at=clock.now(),
            )  # fmt: skip
            _settle_parked(told.event_id)
            limiting.note(_whose(used.coupon_id), told.currency)
        row = _of(Redemption.coupon_id == used.coupon_id)
        answer = _answer(event.id, 201 if used.new else 200, row)
    _meet(told.event_id)
    return answer


def cancel(told: Cancelled) -> Answer:
    """The order of a redemption was cancelled. One that is not known yet is waited for during a day (202)."""
    with unit_of_work():
        event = _reserve(told.event_id, EventKind.CANCEL, told.redemption, (told.redemption,))
        if event.first is not None:
            return event.first
        row = _of(Redemption.event_id == told.redemption)
        if row is None:
            until = clock.now() + PARKED
            said = {
                "redemption": {"id": told.redemption, "state": "waiting", "waiting_until": until.isoformat()}
            }
            update_where(ShopEvent, ShopEvent.id == event.id, status=202, answer=said, parked_until=until)
            answer: Answer = (202, said)
        else:
            _cancel(row)
            answer = _answer(event.id, 200, _of(Redemption.id == row.id))
    _meet(told.redemption)
    return answer


def _meet(redemption: str) -> None:
    """The two may have been told at one moment, neither seeing the other: whoever is written last finds both now."""
    with unit_of_work():
        _settle_parked(redemption)


def forget_parked() -> int:
    """Cancellations whose redemption never came are given up after a day (a job). Returns how many. Those that have met it
    are carried out first, should the process have ended in between."""
    met = select(ShopEvent.redemption).where(ShopEvent.parked_until.is_not(None))
    for redemption in db.session.scalars(
        met.where(ShopEvent.redemption.in_(select(Redemption.event_id)))
    ).all():
        _meet(redemption)
    with unit_of_work():
        over = (ShopEvent.parked_until.is_not(None), ShopEvent.parked_until <= clock.now())
        return update_where(ShopEvent, *over, parked_until=None)


def _reserve(event_id: str, kind: EventKind, redemption: str, about: tuple[str, ...]) -> _Reserved:
    """Take the event's number. A second delivery at the same time waits for the first, and gets its answer."""
    digest = hashlib.sha256("\x1f".join((kind, *about)).encode()).hexdigest()
    made = insert_once(
        ShopEvent, event_id=event_id, kind=kind, digest=digest, redemption=redemption, status=0, answer={},
        received_at=clock.now(),
    )  # fmt: skip
    if made is not None:
        return _Reserved(made, None)
    known = db.session.execute(
        select(ShopEvent.id, ShopEvent.digest, ShopEvent.status, ShopEvent.answer).where(
            ShopEvent.event_id == event_id
        )
    ).one()
    if known.digest != digest:
        raise EventReused()
    return _Reserved(known.id, (known.status, known.answer))


def _settle_parked(event_id: str) -> None:
    """The cancellation came first: it is carried out now, if it is not given up."""
    mine = (ShopEvent.redemption == event_id, ShopEvent.kind == EventKind.CANCEL)
    waits = (*mine, ShopEvent.parked_until > clock.now())
    row = _of(Redemption.event_id == event_id)
    if row is not None and update_where(ShopEvent, *waits, parked_until=None):
        _cancel(row)


def _cancel(row: Redemption) -> None:
    """Once: the coupon is paid back, the budget has the money again, the member may take another code."""
    coupon_id = row.coupon_id
    still = (Redemption.id == row.id, Redemption.cancelled_at.is_(None))
    if not update_where(Redemption, *still, cancelled_at=clock.now()):
        return
    member_id = using.give_back(coupon_id)
    tell(member_id, "coupon-refunded", f"coupon-refunded:{coupon_id}", coupon_id=coupon_id)


def _whose(coupon_id: int) -> int | None:
    return db.session.scalar(select(Coupon.member_id).where(Coupon.id == coupon_id))


def _of(*criteria: Any) -> Redemption | None:
    query = select(Redemption).where(*criteria).execution_options(populate_existing=True)
    return db.session.scalar(query)


def _answer(event_id: int, status: int, row: Redemption | None) -> Answer:
    assert row is not None
    said = {
        "redemption": {
            "id": row.event_id, "state": "cancelled" if row.cancelled_at else "redeemed", "order_ref": row.order_ref,
            "amount_minor": row.amount_minor, "currency": row.currency, "occurred_at": row.occurred_at.isoformat(),
        }
    }  # fmt: skip
    update_where(ShopEvent, ShopEvent.id == event_id, status=status, answer=said)
    return status, said
