"""Tables of the shop: its secrets, what it told, which codes were used, and which were exported where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from rewards.shop.rules import EventKind, Target


class ShopSecret(Base):
    """What the shop signs with. Two places, so at most two are good at once: the one in use and the next."""

    __tablename__ = "shop_secret"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    place: Mapped[int | None] = mapped_column(unique=True)
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    used_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("place IS NULL OR place IN (1, 2)", name="two_places"),
        CheckConstraint("(place IS NULL) = (retired_at IS NOT NULL)", name="retired_has_no_place"),
    )


class ShopEvent(Base):
    """Something the shop told, once: ``event_id`` is its own. The first answer is kept and given again. The code is in
    none of it. ``parked_until``: a cancellation that came before its redemption waits."""

    __tablename__ = "shop_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[EventKind] = enum_column(EventKind)
    digest: Mapped[str] = mapped_column(String(64))
    redemption: Mapped[str] = mapped_column(String(80), index=True)
    status: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    parked_until: Mapped[datetime | None] = mapped_column(index=True)


class Redemption(Base):
    """A code was used in an order."""

    __tablename__ = "redemption"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), unique=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"), unique=True)
    order_ref: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    cancelled_at: Mapped[datetime | None]


class ShopLookups(Base):
    """How often a secret asked for codes in an hour, and how many were unknown."""

    __tablename__ = "shop_lookups"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_id: Mapped[int] = mapped_column(ForeignKey("shop_secret.id"))
    hour: Mapped[datetime]
    asked: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("secret_id", "hour"),)


class CodeExport(Base):
    """Codes of a promotion were written for a shop. ``reference``: the discount's own name there."""

    __tablename__ = "code_export"
    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"), index=True)
    target: Mapped[Target] = enum_column(Target)
    reference: Mapped[str] = mapped_column(String(120), default="")
    code_count: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class ExportedCode(Base):
    """A code that a shop has. Once for each shop: a second export holds only what is new. ``listed_at``: the list of what is
    to be switched off in which it stands, known by its moment."""

    __tablename__ = "exported_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    export_id: Mapped[int] = mapped_column(ForeignKey("code_export.id"))
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"))
    target: Mapped[Target] = enum_column(Target)
    deactivate_since: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("coupon_id", "target"),
        Index("ix_exported_code_export", "export_id", "id"),
        Index("ix_exported_code_deactivate", "deactivate_since"),
    )
