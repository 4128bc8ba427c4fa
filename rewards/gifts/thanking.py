"""The team thanks a member with a gift, unasked and without points. A dear one, or one that no manager proposed, needs
another manager."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from accounts.members.queries import by_id
from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.gifts import describing, dispatching
from rewards.gifts.describing import two_persons_from
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.ordering import write
from rewards.gifts.permissions import can_decide, can_thank
from rewards.gifts.rules import LIVE, MOVES, GiftKind, OrderMove, OrderState, first_state, needs_second
from rewards.ledger import balances
from rewards.promotions.rules import PromotionStatus
from rewards.worth import limiting

DAY = timedelta(hours=24)


def thank(actor: Actor, member_id: int, gift_id: int, words: str, key: str) -> int:
    """Give a gift, or propose it; returns the order's id. ``key`` names the click. ``words`` are for the member."""
    require(can_thank(actor))
    said = " ".join(words.split())
    if not 3 <= len(said) <= 300:
        raise Invalid(fields={"words": _("A few words for the member: what you thank for.")})
    if not key or len(key) > 60:
        raise Invalid(_("This form is incomplete. Reload the page and try again."))
    cause = f"thanks:{actor.member_id}:{key}"
    with unit_of_work():
        balances.lock([member_id])
        first = db.session.scalar(select(GiftOrder.id).where(GiftOrder.cause == cause))
        if first is not None:
            return first
        gift = _givable(gift_id)
        _check_member(member_id)
        _check_year(member_id, gift)
        worth = gift.value_minor + _given_lately(actor, member_id, gift.currency)
        waits = needs_second(worth, two_persons_from(), actor.is_manager)
        state = first_state(gift.kind, waits)
        order_id = write(
            gift, member_id, cause, state, is_thanks=True, words=said, proposed_by_id=actor.member_id
        )
        audit.write(
            actor, "gift.thanked", "gift_order", order_id, None, {"member": member_id, "waits": waits}, said
        )
        if not waits:
            _tell(order_id, member_id)
        return order_id


def approve(actor: Actor, order_id: int) -> bool:
    """The second person says yes. True when that is new."""
    with unit_of_work():
        order = _proposed(actor, order_id)
        member_id, gift = order.member_id, describing.load(order.gift_id)
        balances.lock([member_id])
        state = first_state(gift.kind, waits=False)
        placed = clock.now() if state is OrderState.DONE else None
        if not _decide(
            order_id, OrderMove.APPROVE, state=state, decided_by_id=actor.member_id, placed_at=placed
        ):
            return _same(order_id, refused=False)
        _tell(order_id, member_id)
        audit.write(actor, "gift.approved", "gift_order", order_id)
        return True


def refuse(actor: Actor, order_id: int, reason: str) -> bool:
    """The second person says no; the member never hears of it. True when that is new."""
    why = dispatching.checked_reason(reason)
    with unit_of_work():
        _proposed(actor, order_id)
        closed = {"state": OrderState.REFUSED, "decided_by_id": actor.member_id, "reason": why}
        if not _decide(order_id, OrderMove.REFUSE, **closed):
            return _same(order_id, refused=True)
        dispatching.put_back(order_id)
        audit.write(actor, "gift.refused", "gift_order", order_id, reason=why)
        return True


def _decide(order_id: int, move: OrderMove, **values: object) -> bool:
    waits = (GiftOrder.id == order_id, GiftOrder.state.in_(MOVES[move]))
    return bool(update_where(GiftOrder, *waits, **values))


def _same(order_id: int, refused: bool) -> bool:
    state = db.session.scalar(select(GiftOrder.state).where(GiftOrder.id == order_id))
    if (state is OrderState.REFUSED) is not refused:
        raise Conflict(_("Somebody has decided this already."))
    return False


def _proposed(actor: Actor, order_id: int) -> GiftOrder:
    order = db.session.get(GiftOrder, order_id, populate_existing=True)
    if order is None or not order.is_thanks:
        raise NotFound()
    require(can_decide(actor, order.proposed_by_id))
    return order


def _givable(gift_id: int) -> Gift:
    gift = describing.load(gift_id)
    if gift.kind is GiftKind.PERK or gift.status is not PromotionStatus.ACTIVE:
        raise Invalid(fields={"gift": _("Choose a gift that is open.")})
    return gift


def _check_member(member_id: int) -> None:
    member = by_id(member_id)
    if member is None or member.role != "member":
        raise Invalid(fields={"member": _("Thank-yous are for members.")})


def _given_lately(actor: Actor, member_id: int, currency: str) -> int:
    """What the actor alone gave this member within a day: many small ones are no way round the second person."""
    alone = (GiftOrder.proposed_by_id == actor.member_id, GiftOrder.decided_by_id.is_(None))
    lately = (GiftOrder.member_id == member_id, GiftOrder.ordered_at > clock.now() - DAY)
    stands = (GiftOrder.currency == currency, GiftOrder.state.in_(LIVE))
    total = select(func.sum(GiftOrder.value_minor)).where(*alone, *lately, *stands)
    return int(db.session.scalar(total) or 0)


def _check_year(member_id: int, gift: Gift) -> None:
    try:
        if gift.kind is GiftKind.GOODS:
            limiting.check(member_id, gift.value_minor, gift.currency)
    except limiting.EnoughThisYear:
        raise Conflict(_("This member has received as much this year as one member may.")) from None


def _tell(order_id: int, member_id: int) -> None:
    tell(member_id, "gift-thanks", f"gift-thanks:{order_id}", order_id=order_id)
