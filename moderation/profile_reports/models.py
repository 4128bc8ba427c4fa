"""The table of reported profiles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.profile_reports.rules import NOTE_LENGTH, ProfileOutcome, ProfileReason


class ProfileReport(Base):
    """One member's report of another's profile. ``active_key`` names the two while it waits: one at a time. ``taken`` is
    what the decision took away, kept while it can be contested; ``item_id`` is the item of the queue it was decided with,
    ``statement_id`` the statement that says why."""

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
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), index=True)
    taken: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (Index("ix_profile_report_member", "member_id", "active_key"),)
