"""After a cancelled order: one new code for the member, once; the points where there is none (domain/rewards.md §A5.2)."""

from __future__ import annotations

from sqlalchemy import select

from common import clock
from common.db import db, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from rewards.events import CouponClaimed
from rewards.ledger import balances, booking
from rewards.ledger.rules import Cause, CauseType
from rewards.promotions import claiming, offering
from rewards.promotions.models import Coupon
from rewards.promotions.permissions import can_claim
from rewards.promotions.rules import CouponState, worst_case
from rewards.worth import limiting

_MARK = "replaces:"


def replace(actor: Actor, coupon_id: int) -> int | None:
    """A new code of the same discount for one whose order was cancelled; returns the new coupon, or None where no code
    can be given any more and the points came back instead. Again, the same. Raises NotFound and Conflict."""
    require(can_claim(actor))
    try:
        with unit_of_work():
            return _replace(actor, coupon_id)
    except (claiming.Exhausted, limiting.EnoughThisYear) as none_left:
        with unit_of_work():
            _give_points_back(actor, coupon_id, none_left)
        return None


def _replace(actor: Actor, coupon_id: int) -> int | None:
    assert actor.member_id is not None
    balances.lock([actor.member_id])
    promotion_id = _take_right(actor, coupon_id)
    cause = f"{_MARK}{coupon_id}"
    if promotion_id is None:
        return db.session.scalar(select(Coupon.id).where(Coupon.grant_cause == cause))
    promotion = offering.load(promotion_id)
    worst = worst_case(promotion.terms) or 0
    limiting.check(actor.member_id, worst, promotion.currency)
    made = claiming.take_code(promotion_id, actor.member_id, cause, worst)
    try:
        claiming.owe(promotion_id, worst)
    except Conflict as closed:
        raise claiming.Exhausted() from closed
    record(CouponClaimed(actor.member_id, promotion_id, made))
    claiming.watch_stock(promotion_id)
    return made


def _take_right(actor: Actor, coupon_id: int) -> int | None:
    """The promotion, when the right to another code is still there; it is used up here. None when it was used."""
    mine = (Coupon.id == coupon_id, Coupon.member_id == actor.member_id)
    found = db.session.execute(
        select(Coupon.promotion_id, Coupon.state, Coupon.grant_cause, Coupon.replaced_at).where(*mine)
    ).first()
    if found is None:
        raise NotFound()
    if found.state is not CouponState.REFUNDED:
        raise Conflict(_("The order of this code was not cancelled."))
    if (found.grant_cause or "").startswith(_MARK):
        raise Conflict(_("This code was a replacement already: there is one for each discount."))
    if not update_where(Coupon, *mine, Coupon.replaced_at.is_(None), replaced_at=clock.now()):
        return None
    return int(found.promotion_id)


def _give_points_back(actor: Actor, coupon_id: int, none_left: Conflict) -> None:
    assert actor.member_id is not None
    balances.lock([actor.member_id])
    if _take_right(actor, coupon_id) is None:
        return
    cause = Cause(CauseType.COUPON, str(coupon_id))
    if booking.refund(actor.member_id, cause, actor.member_id, "no code left") is None:
        raise none_left


def can_replace(coupon: Coupon) -> bool:
    """Whether its owner may take another code for it."""
    of_its_own = not (coupon.grant_cause or "").startswith(_MARK)
    return coupon.state is CouponState.REFUNDED and coupon.replaced_at is None and of_its_own
