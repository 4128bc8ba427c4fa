"""What managers read of the shop: secrets without their text, exports, what waits to be switched off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from common.i18n import Sentence, _
from common.permissions import Actor, require
from rewards.promotions.models import Coupon
from rewards.promotions.permissions import can_offer
from rewards.shop.models import CodeExport, ExportedCode, Redemption, ShopEvent, ShopLookups, ShopSecret
from rewards.shop.rules import Target

TARGETS: dict[Target, str] = {
    Target.SHOPIFY: "Shopify",
    Target.WOOCOMMERCE: "WooCommerce",
    Target.STRIPE: "Stripe",
    Target.VOUCHERIFY: "Voucherify",
    Target.CSV: "CSV",
}
CAVEATS: dict[str, Sentence] = {
    "limit": _("This shop does not stop a percentage at the most one code may take off: set that up in the shop, or the budget here says less than it costs."),
    "basket": _("This shop keeps the smallest basket as a rule of its own: make it there."),
    "reference": _("The first file makes the discount with its first code. Shopify answers with an id: type it here and download again, then send the other files."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """The shop's page."""

    secrets: list[ShopSecret]
    retired: list[ShopSecret]
    redeemed: int
    parked: int
    asked: int
    unknown: int


def desk(actor: Actor) -> Desk:
    """Secrets, and what the shop did in 30 days and 24 hours. Four queries."""
    require(can_offer(actor))
    month, day = clock.now() - timedelta(days=30), clock.now() - timedelta(days=1)
    rows = db.session.scalars(select(ShopSecret).order_by(ShopSecret.id.desc()).limit(20)).all()
    redeemed = db.session.scalar(select(func.count()).where(Redemption.received_at >= month)) or 0
    parked = db.session.scalar(select(func.count()).where(ShopEvent.parked_until > clock.now())) or 0
    asked, unknown = db.session.execute(
        select(func.sum(ShopLookups.asked), func.sum(ShopLookups.unknown)).where(ShopLookups.hour >= day)
    ).one()
    live = [row for row in rows if row.retired_at is None]
    return Desk(live, [row for row in rows if row.retired_at], redeemed, parked, asked or 0, unknown or 0)


def exports_of(promotion_id: int) -> list[CodeExport]:
    """The exports of a discount, the newest first."""
    query = select(CodeExport).where(CodeExport.promotion_id == promotion_id)
    return list(db.session.scalars(query.order_by(CodeExport.id.desc()).limit(30)))


def waiting_of(promotion_id: int) -> list[tuple[Target, datetime | None, int]]:
    """How many codes of a discount each shop should switch off: by the list they stand in, those in none last."""
    query = (
        select(ExportedCode.target, ExportedCode.listed_at, func.count())
        .join(Coupon, Coupon.id == ExportedCode.coupon_id)
        .where(Coupon.promotion_id == promotion_id, ExportedCode.deactivate_since.is_not(None))
        .where(ExportedCode.deactivated_at.is_(None))
        .group_by(ExportedCode.target, ExportedCode.listed_at)
        .order_by(ExportedCode.target, ExportedCode.listed_at.is_(None), ExportedCode.listed_at)
    )
    return [(target, listed, count) for target, listed, count in db.session.execute(query)]
