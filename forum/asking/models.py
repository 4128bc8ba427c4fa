"""What became of visits to the ask page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.asking.rules import Outcome


class AskVisit(Base):
    """One visit to the ask page to which solutions were shown. ``member_id`` is forgotten once it is decided."""

    __tablename__ = "ask_visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)
    member_id: Mapped[int | None]
    shown_at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_at: Mapped[datetime | None]
    outcome: Mapped[Outcome] = enum_column(Outcome, default=Outcome.OPEN)
    decided_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None]
    __table_args__ = (
        Index("ix_ask_visit_outcome", "outcome", "shown_at"),
        Index("ix_ask_visit_settled", "settled_by_id", "shown_at"),
    )
