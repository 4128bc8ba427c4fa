"""A code at the shop: used, paid back, asked for. Called by what speaks with the shop, which has proved who it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from common import clock
from common.db import db, update_where
from common.errors import Conflict, Gone, NotFound
from common.i18n import _
from common.unit_of_work import record
from rewards.events import CouponOver
from rewards.promotions import secrecy
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponMove, CouponState, sources, worst_case

AHEAD = timedelta(minutes=5)
"""How far the shop's clock may be ahead of ours."""
NEVER_GIVEN = (CouponState.AVAILABLE,)
OVER = (CouponState.REVOKED, CouponState.VOID)


class CodeOver(Gone):
    """It was good once."""

    code = "expired"
    default = _("This code is not valid any more.")


class CodeUsed(Conflict):
    """It was used already."""

    code = "used"
    default = _("This code was used before, in another order.")


@dataclass(frozen=True, slots=True)
class Used:
    """The coupon of a code that was used; ``new`` when this was told for the first time."""

    coupon_id: int
    new: bool


def use(key: str, order_ref: str, amount_minor: int, currency: str, occurred_at: datetime) -> Used:
    """Note that the code of this fingerprint was used, inside the open unit of work. What was used before its last day
    and told later counts. Raises NotFound, :class:`CodeOver`, :class:`CodeUsed`, Conflict."""
    found = _found(key)
    if found.state in (CouponState.REDEEMED, CouponState.REFUNDED):
        if found.order_ref == order_ref:
            return Used(found.id, new=False)
        raise CodeUsed()
    if found.state in OVER:
        raise CodeOver()
    if currency != found.currency:
        raise Conflict(_("This code is good for another currency."))
    if occurred_at > clock.now() + AHEAD or (found.allocated_at and occurred_at < found.allocated_at - AHEAD):
        raise Conflict(_("This code cannot have been used at that moment."))
    if found.expires_at is not None and occurred_at >= found.expires_at:
        raise CodeOver()
    move = CouponMove.REDEEM_LATE if found.state is CouponState.EXPIRED else CouponMove.REDEEM
    values = {"redeemed_at": occurred_at, "order_ref": order_ref, "amount_minor": amount_minor}
    open_to = (Coupon.id == found.id, Coupon.state.in_(sources(move)))
    if not update_where(Coupon, *open_to, state=CouponState.REDEEMED, **values):
        return use(key, order_ref, amount_minor, currency, occurred_at)  # it moved meanwhile: look again
    settle(found.id, amount_minor)
    return Used(found.id, new=True)


def give_back(coupon_id: int) -> int | None:
    """The order of a used code was cancelled: the budget has the money again. Returns whose it was."""
    mine = (Coupon.id == coupon_id, Coupon.state.in_(sources(CouponMove.REFUND)))
    if update_where(Coupon, *mine, state=CouponState.REFUNDED):
        settle(coupon_id, 0)
        record(CouponOver(coupon_id))
    return db.session.scalar(select(Coupon.member_id).where(Coupon.id == coupon_id))


def described(code: str) -> dict[str, Any]:
    """What a code is good for, for the shop. Raises NotFound, :class:`CodeOver`, :class:`CodeUsed`."""
    found = _found(secrecy.fingerprint(code))
    if found.state in (CouponState.REDEEMED, CouponState.REFUNDED):
        raise CodeUsed(_("This code was used before."))
    late = found.expires_at is not None and found.expires_at <= clock.now()
    if found.state is not CouponState.ALLOCATED or late:
        raise CodeOver()
    return {
        "valid": True, "promotion": found.key, "kind": found.kind.value, "value": found.value, "currency": found.currency,
        "max_discount_minor": found.max_discount_minor, "min_basket_minor": found.min_basket_minor,
        "expires_at": found.expires_at.isoformat() if found.expires_at else None,
    }  # fmt: skip


def _found(key: str) -> Any:
    """The coupon with what its promotion says. A code nobody was given yet is unknown to the shop."""
    found = db.session.execute(
        select(
            Coupon.id, Coupon.state, Coupon.order_ref, Coupon.allocated_at, Coupon.expires_at, Promotion.key, Promotion.kind,
            Promotion.value, Promotion.currency, Promotion.max_discount_minor, Promotion.min_basket_minor,
        )
        .join(Promotion, Promotion.id == Coupon.promotion_id)
        .where(Coupon.code_norm_hash == key)
    ).first()  # fmt: skip
    if found is None or found.state in NEVER_GIVEN:
        raise NotFound(_("This code is not known."))
    return found


def settle(coupon_id: int, amount_minor: int) -> None:
    """Put what it really costs in the place of the worst case that was promised. The budget counts no more than that,
    and for a code told after it had expired no more than is left: a sale that has happened is never refused for it."""
    promotion_id, counted = db.session.execute(
        select(Coupon.promotion_id, Coupon.liability_minor).where(Coupon.id == coupon_id)
    ).one()
    promotion = db.session.scalars(
        select(Promotion)
        .where(Promotion.id == promotion_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    most = worst_case(promotion.terms)
    real = amount_minor if most is None else min(amount_minor, most)
    if promotion.budget_minor is not None:
        real = min(real, promotion.budget_minor - promotion.liability_minor + counted)
    owed = promotion.liability_minor - counted + real
    update_where(Promotion, Promotion.id == promotion_id, liability_minor=owed)
    update_where(Coupon, Coupon.id == coupon_id, liability_minor=real)
