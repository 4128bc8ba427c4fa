"""What members were given in a period, in money."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from common.db import db
from rewards.gifts.figures import GIVEN
from rewards.gifts.models import GiftOrder
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState


def perks(since: datetime, until: datetime, currency: str = "EUR") -> int:
    """The discounts handed out, at what they may cost, and the gifts and donations placed, at their value; in hundredths. Two
    statements."""
    discounts = db.session.scalar(
        select(func.sum(Coupon.liability_minor))
        .join(Promotion, Promotion.id == Coupon.promotion_id)
        .where(
            Coupon.state.in_((CouponState.ALLOCATED, CouponState.REDEEMED)), Coupon.allocated_at >= since,
            Coupon.allocated_at < until, Promotion.currency == currency,
        )
    )  # fmt: skip
    gifts = db.session.scalar(
        select(func.sum(GiftOrder.value_minor)).where(
            GiftOrder.state.in_(GIVEN), GiftOrder.placed_at >= since, GiftOrder.placed_at < until, GiftOrder.currency == currency
        )
    )  # fmt: skip
    return int(discounts or 0) + int(gifts or 0)
