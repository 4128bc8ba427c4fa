"""Tables of promotions: the offer, its codes, who exchanged how often, and every reveal of a code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from rewards.promotions.rules import CodeSource, CouponState, PromotionKind, PromotionStatus, Terms


class Promotion(Base):
    """A discount members can exchange points for. Money in minor units of ``currency``.

    ``is_monthly``: what one member may have is counted anew in every calendar month; from a rank on and for no points it
    is the monthly perk of that rank (domain/rewards.md §A2.2).

    ``liability_minor`` is what the brand owes at worst for the coupons out there; it never passes ``budget_minor``.
    """

    __tablename__ = "promotion"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[PromotionKind] = enum_column(PromotionKind)
    value: Mapped[int] = mapped_column(default=0)
    title_fr: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(80))
    terms_fr: Mapped[str] = mapped_column(String(300), default="")
    terms_en: Mapped[str] = mapped_column(String(300), default="")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    max_discount_minor: Mapped[int | None]
    min_basket_minor: Mapped[int | None]
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    liability_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_points: Mapped[int] = mapped_column(default=0)
    min_rank: Mapped[int] = mapped_column(default=0)
    per_member_limit: Mapped[int] = mapped_column(default=1)
    is_monthly: Mapped[bool] = mapped_column(default=False, server_default=false())
    valid_days: Mapped[int] = mapped_column(default=60)
    starts_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime | None]
    code_source: Mapped[CodeSource] = enum_column(CodeSource, default=CodeSource.POOL)
    status: Mapped[PromotionStatus] = enum_column(PromotionStatus, default=PromotionStatus.DRAFT)
    paused_reason: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        CheckConstraint("budget_minor IS NULL OR liability_minor <= budget_minor", name="within_budget"),
        CheckConstraint("liability_minor >= 0", name="liability_positive"),
        CheckConstraint("cost_points >= 0", name="cost_positive"),
    )

    def title(self, language: str) -> str:
        """Its name in a language."""
        return self.title_en if language == "en" else self.title_fr

    def terms_text(self, language: str) -> str:
        """Its conditions in a language."""
        return self.terms_en if language == "en" else self.terms_fr

    @property
    def terms(self) -> Terms:
        """What the rules decide on."""
        return Terms(
            kind=self.kind, value=self.value, max_discount_minor=self.max_discount_minor, budget_minor=self.budget_minor,
            per_member_limit=self.per_member_limit, cost_points=self.cost_points, starts_at=self.starts_at,
            ends_at=self.ends_at, valid_days=self.valid_days,
        )  # fmt: skip


class Coupon(Base):
    """One code. ``code_norm_hash`` is unique across all promotions; the code itself is only kept encrypted.

    ``replaced_at``: after a cancelled order its owner took another code, or the points.
    """

    __tablename__ = "coupon"
    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"))
    code_norm_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[CouponState] = enum_column(CouponState, default=CouponState.AVAILABLE)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    grant_cause: Mapped[str | None] = mapped_column(String(120))
    liability_minor: Mapped[int] = mapped_column(default=0)
    allocated_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]
    redeemed_at: Mapped[datetime | None]
    order_ref: Mapped[str | None] = mapped_column(String(80))
    amount_minor: Mapped[int | None]
    replaced_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("promotion_id", "grant_cause"),
        Index("ix_coupon_stock", "promotion_id", "state", "id"),
        Index("ix_coupon_expiry", "state", "expires_at"),
        CheckConstraint(
            "state NOT IN ('allocated', 'redeemed') OR member_id IS NOT NULL", name="owner_known"
        ),
        CheckConstraint("state != 'available' OR member_id IS NULL", name="available_unowned"),
    )


class PromotionUse(Base):
    """How often a member has exchanged a promotion, in a month (``2026-11``) where that counts, else in all (empty); a
    conditional update keeps the limit."""

    __tablename__ = "promotion_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    month: Mapped[str] = mapped_column(String(7), default="", server_default="")
    count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("promotion_id", "member_id", "month"),)


@append_only
class CouponReveal(Base):
    """Somebody looked at a code: who and when, never the code."""

    __tablename__ = "coupon_reveal"
    id: Mapped[int] = mapped_column(primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    revealed_at: Mapped[datetime] = mapped_column(default=clock.now)
