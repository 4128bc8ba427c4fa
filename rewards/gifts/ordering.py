"""Points become a gift or a donation: everything, or nothing. The member's balance row puts a hammering member in line,
the stock is taken by a conditional write."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from accounts.notifications.telling import tell
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.text import normalise
from common.unit_of_work import unit_of_work
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf
from rewards.gifts import describing
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.rules import LIVE, MOVES, GiftKind, OrderMove, OrderState
from rewards.ledger import balances, booking
from rewards.ledger.rules import Cause, CauseType
from rewards.promotions.permissions import can_claim
from rewards.promotions.rules import Hindrance, PromotionStatus, hindrance
from rewards.ranks.scale import rank_name
from rewards.worth import limiting

ADDRESS_MOST = 400


def cause_of(order_id: int) -> Cause:
    """What the ledger says a gift was paid for: an exchange like that of a coupon, with a number of its own kind."""
    return Cause(CauseType.GIFT, str(order_id))


def exchange(actor: Actor, gift_id: int, key: str, address: str = "") -> int:
    """Exchange points; returns the order's id. ``key`` names the click: again, the same order. Goods need an address.

    Raises Forbidden, Invalid (no key, no address), Conflict (closed, limit, points, stock, year); nothing changed then.
    """
    require(can_claim(actor))
    assert actor.member_id is not None
    if not key or len(key) > 60:
        raise Invalid(_("This form is incomplete. Reload the page and try again."))
    cause = f"exchange:{actor.member_id}:{key}"
    with unit_of_work():
        balances.lock([actor.member_id])
        first = db.session.scalar(select(GiftOrder.id).where(GiftOrder.cause == cause))
        if first is not None:
            return first
        gift = describing.load(gift_id)
        if gift.kind is GiftKind.PERK or gift.status is PromotionStatus.DRAFT:
            raise NotFound()
        _check(actor, gift)
        where = checked_address(address) if gift.kind is GiftKind.GOODS else ""
        return _order(actor, gift, cause, where)


def _order(actor: Actor, gift: Gift, cause: str, where: str) -> int:
    assert actor.member_id is not None
    member_id, cost, currency = actor.member_id, gift.cost_points, gift.currency
    goods, key = gift.kind is GiftKind.GOODS, gift.key
    if goods:
        limiting.check(member_id, gift.value_minor, currency)
    state = OrderState.PLACED if goods else OrderState.DONE
    order_id = write(gift, member_id, cause, state, cost_points=cost)
    if cost:
        booking.spend(actor, cost, cause_of(order_id), note=key)
    if goods:
        keeping.keep(AddressOf.GIFT, order_id, member_id, where)
        limiting.note(member_id, currency)
    tell(member_id, "gift-ordered", f"gift:{order_id}", order_id=order_id)
    return order_id


def write(gift: Gift, member_id: int, cause: str, state: OrderState, **values: Any) -> int:
    """Take one of the stock and write the order down, inside the open unit of work. Raises Conflict when none is left."""
    gift_id, worth = gift.id, {"value_minor": gift.value_minor, "currency": gift.currency}
    if gift.stock is not None and not update_where(
        Gift, Gift.id == gift_id, Gift.stock > 0, stock=Gift.stock - 1
    ):
        raise Conflict(_("There is none left. Your points were not used."))
    placed = clock.now() if state in (OrderState.PLACED, OrderState.DONE) else None
    made = insert_once(
        GiftOrder, gift_id=gift_id, member_id=member_id, cause=cause, state=state, ordered_at=clock.now(), placed_at=placed,
        **worth, **values,
    )  # fmt: skip
    if made is None:
        raise Conflict()
    return made


def _check(actor: Actor, gift: Gift) -> None:
    assert actor.member_id is not None
    why = hindrance(
        status=gift.status, starts_at=gift.starts_at, ends_at=gift.ends_at, at=clock.now(), rank=actor.rank,
        min_rank=gift.min_rank, claimed=had(actor.member_id, gift.id), limit=gift.per_member_limit, left=gift.stock,
        cost=gift.cost_points, available=balances.available(actor.member_id),
    )  # fmt: skip
    if why is not None:
        raise Conflict(sentence_of(why, gift))


def sentence_of(why: Hindrance, gift: Gift) -> Any:
    """Why this cannot be had now, for the member."""
    return {
        Hindrance.NOT_OPEN: _("This gift is closed for the moment."),
        Hindrance.NOT_YET: _("This gift is not open yet."),
        Hindrance.OVER: _("This gift has ended."),
        Hindrance.RANK: _("This gift opens with the rank %(rank)s.", rank=rank_name(gift.min_rank).full),
        Hindrance.LIMIT: _("You already had this as often as it can be had."),
        Hindrance.POINTS: _("You do not have enough points for this yet."),
        Hindrance.STOCK: _("There is none left. Your points were not used."),
    }[why]


def had(member_id: int, gift_id: int) -> int:
    """How often a member exchanged for it; thank-yous do not count."""
    mine = (GiftOrder.member_id == member_id, GiftOrder.gift_id == gift_id, GiftOrder.is_thanks.is_(False))
    return db.session.scalar(select(func.count()).where(*mine, GiftOrder.state.in_(LIVE))) or 0


# --- the address ---------------------------------------------------------------------------------------------------


def give_address(actor: Actor, order_id: int, address: str) -> bool:
    """Say where a thank-you shall be sent. True when that is new; NotFound for anybody else's."""
    where = checked_address(address)
    with unit_of_work():
        mine = (GiftOrder.id == order_id, GiftOrder.member_id == actor.member_id)
        row = db.session.execute(select(GiftOrder.state, GiftOrder.currency).where(*mine)).first()
        if row is None or actor.member_id is None or row.state is OrderState.PROPOSED:
            raise NotFound()
        waits = (*mine, GiftOrder.state.in_(MOVES[OrderMove.ADDRESS]))
        if not update_where(GiftOrder, *waits, state=OrderState.PLACED, placed_at=clock.now()):
            return False
        keeping.keep(AddressOf.GIFT, order_id, actor.member_id, where)
        limiting.note(actor.member_id, row.currency)
        return True


def checked_address(address: str) -> str:
    """An address in a few lines. Raises Invalid."""
    lines = [" ".join(line.split()) for line in normalise(address).splitlines()]
    text = "\n".join(line for line in lines if line)
    if len(text) > ADDRESS_MOST:
        raise Invalid(fields={"address": _("This is too long.")})
    if len(text) < 10 or "\n" not in text:
        raise Invalid(fields={"address": _("Name, street, postcode, town and country, in a few lines.")})
    return text
