"""Tables of ranks: every change with its date, and the mandates that staff give."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column


class Why(StrEnum):
    """Why a rank changed."""

    EARNED = "earned"
    IMPORTED = "imported"
    APPOINTED = "appointed"
    MANDATE_END = "mandate_end"


class RankChange(Base):
    """A member came to stand at another rank."""

    __tablename__ = "rank_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    old: Mapped[int]
    new: Mapped[int]
    why: Mapped[Why] = enum_column(Why)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (CheckConstraint("old != new", name="moved"),)


class Mandate(Base):
    """Staff asked a member to be a super-user (5) or a mentor (6); the member may hand it back."""

    __tablename__ = "rank_mandate"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    rank: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    charter_signed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (CheckConstraint("rank in (5, 6)", name="rank_high"),)
