"""Tables of reported profiles, and of what a decision took away of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.profile_reports.rules import NOTE_LENGTH, ProfileOutcome, ProfileReason


class ProfileReport(Base):
    """One member's report of another's profile. ``active_key`` names the two while it waits: one at a time. ``item_id``
    is the item of the queue it was decided with."""

    __tablename__ = "profile_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    reason: Mapped[ProfileReason] = enum_column(ProfileReason)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    active_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    outcome: Mapped[ProfileOutcome | None] = enum_column(ProfileOutcome, nullable=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), index=True)
    __table_args__ = (Index("ix_profile_report_member", "member_id", "active_key"),)


class ProfileTaking(Base):
    """What a decision took away of a profile, whoever drew attention to it: ``taken`` holds the parts and what stood there,
    kept while it can be contested; ``statement_id`` is the statement that says why."""

    __tablename__ = "profile_taking"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), unique=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    taken: Mapped[dict[str, Any]] = mapped_column(default=dict)
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
