"""Tables of the outside desk: how its cases stand there, and every call that was answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.outdesk.rules import KEY_HIGH, NOTE_HIGH, REFERENCE_HIGH, Stand


class OutsideCase(Base):
    """A case as the outside desk has it. It belongs to the program that spoke of it first, until that gives it back.
    ``note`` is for the asker."""

    __tablename__ = "outside_case"
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"), primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"))
    stand: Mapped[Stand] = enum_column(Stand)
    reference: Mapped[str] = mapped_column(String(REFERENCE_HIGH))
    note: Mapped[str] = mapped_column(String(NOTE_HIGH), default="")
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class OutsideCall(Base):
    """A call that changed something, once: ``key`` is the program's own."""

    __tablename__ = "outside_call"
    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"))
    key: Mapped[str] = mapped_column(String(KEY_HIGH))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    __table_args__ = (UniqueConstraint("api_key_id", "key"),)
