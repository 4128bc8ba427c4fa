"""Tables of delegation: rights granted in a category, and the teams of outside providers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.delegation.rules import NAME_MOST, Right

_NOW = text("ended_at is null")


class Agency(Base):
    """A team of an outside provider. From ``ends_at`` on none of its people has a right any more."""

    __tablename__ = "agency"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MOST), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ends_at: Mapped[datetime | None]


class AgencySeat(Base):
    """Somebody works in a team, from then until then; at one time in one team. Its past decisions stay the team's."""

    __tablename__ = "agency_seat"
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    is_lead: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_agency_seat_now", "member_id", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
    )


class Grant(Base):
    """A right in a category, of one member or of a team."""

    __tablename__ = "moderation_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    right: Mapped[Right] = enum_column(Right)
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        UniqueConstraint("member_id", "category_id", "right", name="uq_moderation_grant_member"),
        UniqueConstraint("agency_id", "category_id", "right", name="uq_moderation_grant_agency"),
        CheckConstraint("(member_id is null) != (agency_id is null)", name="one_holder"),
    )
