"""The table of what was asked for by hand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column


class AdjustmentState(StrEnum):
    """Where a line by hand stands."""

    ASKED = "asked"
    BOOKED = "booked"
    REFUSED = "refused"


class Adjustment(Base):
    """Points a manager gives or takes (domain/rewards.md §A1.2, `staff.adjust`). ``key`` makes a double click harmless.

    Whoever decided is somebody else than who asked, unless the amount needs no second person.
    """

    __tablename__ = "point_adjustment"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reputation: Mapped[int]
    spendable: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[AdjustmentState] = enum_column(AdjustmentState, default=AdjustmentState.ASKED)
    needs_second: Mapped[bool]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("reputation <> 0 OR spendable <> 0", name="something"),
        CheckConstraint(
            "NOT needs_second OR state = 'asked' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id "
            "OR state = 'refused'",
            name="two_people",
        ),
        Index("ix_point_adjustment_state", "state", "id"),
        Index("ix_point_adjustment_asked", "asked_by_id", "member_id", "asked_at"),
    )
