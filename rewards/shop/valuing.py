"""What used codes were worth to members, and what they hold, for the statement of value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from common.i18n import _
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState
from rewards.shop.models import Redemption
from rewards.worth.sources import Source, add_source


def _given(start: datetime, end: datetime) -> Any:
    return (
        select(
            Coupon.member_id.label("member_id"), Redemption.occurred_at.label("at"), Redemption.amount_minor.label("minor"),
            Redemption.currency.label("currency"), Promotion.title_fr.label("title_fr"), Promotion.title_en.label("title_en"),
            Redemption.order_ref.label("reference"),
        )
        .join(Coupon, Coupon.id == Redemption.coupon_id)
        .join(Promotion, Promotion.id == Coupon.promotion_id)
        .where(Redemption.cancelled_at.is_(None), Redemption.occurred_at >= start, Redemption.occurred_at < end)
    )  # fmt: skip


def _promised() -> Any:
    return (
        select(Coupon.member_id.label("member_id"), Coupon.liability_minor.label("minor"), Promotion.currency.label("currency"))
        .join(Promotion, Promotion.id == Coupon.promotion_id)
        .where(Coupon.state == CouponState.ALLOCATED)
    )  # fmt: skip


def register() -> None:
    """Called once by the package."""
    add_source(Source("discount", _("Discount used"), _given, _promised))
