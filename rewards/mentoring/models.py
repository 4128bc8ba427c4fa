"""Tables of mentoring. What has ended is not kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class Mentoring(Base):
    """What a member asked for, and with ``mentor_id`` who accompanies them. One for each member at a time, by its key."""

    __tablename__ = "mentoring"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    words: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_at: Mapped[datetime | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (
        CheckConstraint("(mentor_id is null) = (begun_at is null)", name="begun_with_a_mentor"),
        CheckConstraint("mentor_id is null or mentor_id <> member_id", name="two_members"),
    )


class MentoringOffer(Base):
    """A mentor offers to accompany a member; once. What was declined stays until its end, so that nobody is asked again."""

    __tablename__ = "mentoring_offer"
    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    declined_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("mentor_id", "member_id"),)
