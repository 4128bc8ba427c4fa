"""Tables of duty: who is there when, secret feeds, words handed over."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.duty.rules import Half


class DutyShift(Base):
    """Somebody looks after a category for half a day."""

    __tablename__ = "duty_shift"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    day: Mapped[date] = mapped_column(Date)
    half: Mapped[Half] = enum_column(Half)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("day", "half", "category_id", "member_id"),
        Index("ix_duty_shift_member", "member_id", "day"),
    )


class DutyFeed(Base):
    """Which edition of somebody's secret calendar address is good; a new one makes the former useless."""

    __tablename__ = "duty_feed"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(default=1)


class Handover(Base):
    """What somebody leaves to the next one at the end of a half-day: figures of that moment, and their own words.

    ``waiting``, ``late`` and ``urgent`` count the open items of the category; the next one says that they read it.
    """

    __tablename__ = "duty_handover"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    day: Mapped[date] = mapped_column(Date)
    half: Mapped[Half] = enum_column(Half)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body: Mapped[str] = mapped_column(Text)
    waiting: Mapped[int]
    late: Mapped[int]
    urgent: Mapped[int]
    oldest_at: Mapped[datetime | None]
    written_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    acknowledged_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("category_id", "day", "half", "author_id"),)
