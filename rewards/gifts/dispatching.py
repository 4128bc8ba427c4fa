"""The team sends gifts: the list with addresses, sent, cancelled; addresses go when they are no longer needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from accounts.notifications.telling import tell
from accounts.retention.sweeping import swept
from common import audit, clock, settings
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.ordering import cause_of
from rewards.gifts.rules import MOVES, OrderMove, OrderState
from rewards.ledger import balances, booking
from rewards.promotions.permissions import can_offer

settings.define(
    "rewards.address_days", 30, unit=_("days"), low=1, high=90,
    help=_("Days after a gift was sent, or cancelled, for which its address is kept."),
)  # fmt: skip
MOST_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to send, and where."""

    order_id: int
    what: str
    address: str


def parcels(actor: Actor) -> list[Parcel]:
    """What is to be sent, with addresses. Managers only; each look is written down."""
    require(can_offer(actor))
    query = (
        select(GiftOrder.id, Gift.key)
        .join(Gift, Gift.id == GiftOrder.gift_id)
        .where(GiftOrder.state == OrderState.PLACED)
        .order_by(GiftOrder.ordered_at, GiftOrder.id)
        .limit(MOST_LISTED)
    )
    with unit_of_work():
        rows = db.session.execute(query).all()
        where = keeping.opened(AddressOf.GIFT, [row.id for row in rows])
        found = [Parcel(row.id, row.key, where[row.id]) for row in rows if row.id in where]
        audit.write(
            actor,
            "gift.addresses_read",
            "gift_order",
            "placed",
            None,
            {"orders": [one.order_id for one in found]},
        )
    return found


def sent(actor: Actor, order_id: int, tracking: str = "") -> bool:
    """It is on its way; the member is told. True when that is new."""
    require(can_offer(actor))
    number = " ".join(tracking.split())
    if len(number) > 120:
        raise Invalid(fields={"tracking": _("This is too long.")})
    with unit_of_work():
        member_id = _whose(order_id)
        waits = (GiftOrder.id == order_id, GiftOrder.state.in_(MOVES[OrderMove.SEND]))
        if not update_where(GiftOrder, *waits, state=OrderState.SENT, closed_at=clock.now(), tracking=number):
            return False
        _let_go(order_id)
        tell(member_id, "gift-sent", f"gift-sent:{order_id}", order_id=order_id)
        audit.write(actor, "gift.sent", "gift_order", order_id)
        return True


def cancel(actor: Actor, order_id: int, reason: str) -> bool:
    """It will not come: points and stock come back, the member is told. True when that is new."""
    require(can_offer(actor))
    why = checked_reason(reason)
    with unit_of_work():
        member_id = _whose(order_id)
        balances.lock([member_id])
        waits = (GiftOrder.id == order_id, GiftOrder.state.in_(MOVES[OrderMove.CANCEL]))
        closed = {
            "state": OrderState.CANCELLED,
            "reason": why,
            "decided_by_id": actor.member_id,
            "closed_at": clock.now(),
        }
        if not update_where(GiftOrder, *waits, **closed):
            if (
                db.session.scalar(select(GiftOrder.state).where(GiftOrder.id == order_id))
                is OrderState.CANCELLED
            ):
                return False
            raise Conflict(_("This cannot be cancelled any more."))
        put_back(order_id)
        _let_go(order_id)
        booking.refund(member_id, cause_of(order_id), actor.member_id, "cancelled")
        tell(member_id, "gift-cancelled", f"gift-cancelled:{order_id}", order_id=order_id)
        audit.write(actor, "gift.cancelled", "gift_order", order_id, reason=why)
        return True


def put_back(order_id: int) -> None:
    """One more in stock, where the gift has a stock."""
    gift_id = select(GiftOrder.gift_id).where(GiftOrder.id == order_id).scalar_subquery()
    update_where(Gift, Gift.id == gift_id, Gift.stock.is_not(None), stock=Gift.stock + 1)


def checked_reason(reason: str) -> str:
    """A few words. Raises Invalid."""
    words = " ".join(reason.split())
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(words) > 300:
        raise Invalid(fields={"reason": _("This is too long.")})
    return words


def purge_addresses() -> int:
    """Addresses of what was sent or cancelled long enough ago go (a job). Returns how many."""
    with unit_of_work():
        return swept("gift-addresses", keeping.forget(AddressOf.GIFT, keeping.due(AddressOf.GIFT)))


def _let_go(order_id: int) -> None:
    """The parcel has left, or will not: its address goes in some weeks."""
    kept = timedelta(days=settings.get("rewards.address_days"))
    keeping.delete_on(AddressOf.GIFT, order_id, clock.now() + kept)


def _whose(order_id: int) -> int:
    member_id = db.session.scalar(select(GiftOrder.member_id).where(GiftOrder.id == order_id))
    if member_id is None:
        raise NotFound()
    return member_id
