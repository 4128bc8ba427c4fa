"""Tables of retention: holds, runs, and the pass that lets a run take rows out of tables that refuse it otherwise."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column

REASON_MAX = 500


class HoldKind(StrEnum):
    """What is held."""

    MEMBER = "member"
    POST = "post"
    CASE = "case"


class LegalHold(Base):
    """What must not be erased for the moment, why, and until when. ``open_key`` names what is held while it is: one open
    hold each. It ends by ``until_at``, or earlier by an administrator."""

    __tablename__ = "legal_hold"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HoldKind] = enum_column(HoldKind)
    target_id: Mapped[int]
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    placed_at: Mapped[datetime] = mapped_column(default=clock.now)
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    end_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    __table_args__ = (Index("ix_legal_hold_target", "kind", "target_id"),)


class RetentionRun(Base):
    """One rule carried out once: how much was due, went, or was held; and what went wrong."""

    __tablename__ = "retention_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    days: Mapped[int]
    gone_count: Mapped[int] = mapped_column(default=0)
    held_count: Mapped[int] = mapped_column(default=0)
    left_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (Index("ix_retention_run_at", "at", "id"), Index("ix_retention_run_rule", "rule", "at"))


class RetentionPass(Base):
    """While a transaction holds this row, rows of the table may be deleted. Never committed."""

    __tablename__ = "retention_pass"
    id: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("table_name"),)
