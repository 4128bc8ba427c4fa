"""Tables of gifts: the catalogue, who has what, and addresses, apart and encrypted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from rewards.gifts.rules import GiftKind, OrderState
from rewards.promotions.rules import PromotionStatus


class Gift(Base):
    """Something of the catalogue. ``value_minor`` is what it is worth (a donation: what it costs the brand)."""

    __tablename__ = "gift"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[GiftKind] = enum_column(GiftKind)
    title_fr: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(80))
    text_fr: Mapped[str] = mapped_column(String(300), default="")
    text_en: Mapped[str] = mapped_column(String(300), default="")
    cost_points: Mapped[int] = mapped_column(default=0)
    min_rank: Mapped[int] = mapped_column(default=0)
    value_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    stock: Mapped[int | None]
    per_member_limit: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime | None]
    status: Mapped[PromotionStatus] = enum_column(PromotionStatus, default=PromotionStatus.DRAFT)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        CheckConstraint("stock IS NULL OR stock >= 0", name="stock_positive"),
        CheckConstraint("cost_points >= 0 AND value_minor >= 0", name="worth_positive"),
    )

    def title(self, language: str) -> str:
        """Its name in a language."""
        return self.title_en if language == "en" else self.title_fr

    def text(self, language: str) -> str:
        """What it is, in a language."""
        return self.text_en if language == "en" else self.text_fr


class GiftOrder(Base):
    """Somebody has, or shall have, a gift. ``cause`` makes a click count once. Value as it was when it was given."""

    __tablename__ = "gift_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[OrderState] = enum_column(OrderState)
    is_thanks: Mapped[bool] = mapped_column(default=False)
    cost_points: Mapped[int] = mapped_column(default=0)
    value_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    words: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    tracking: Mapped[str] = mapped_column(String(120), default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ordered_at: Mapped[datetime] = mapped_column(default=clock.now)
    placed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_gift_order_member", "member_id", "ordered_at"),
        Index("ix_gift_order_state", "state", "ordered_at", "id"),
        Index("ix_gift_order_placed", "placed_at"),
    )
