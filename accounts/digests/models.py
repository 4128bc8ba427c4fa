"""Tables of digests: what was chosen for whom, and how far each hour's building has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class Digest(Base):
    """What is suggested to one member on one morning: ids by section, never texts. What they are called, and whether
    they may still be shown, is read when the letter is written. ``mail_batch`` names that letter."""

    __tablename__ = "digest"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    due_at: Mapped[datetime]
    chosen: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    mail_batch: Mapped[str | None] = mapped_column(String(80))
    mailed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("member_id", "due_at"), Index("ix_digest_created", "created_at"))


class DigestRun(Base):
    """The building of one hour's digests: members are gone through in the order of their ids, ``after_id`` is where it
    stands, ``looked_count`` and ``written_count`` what has been done. A run that was cut goes on from there."""

    __tablename__ = "digest_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_at: Mapped[datetime] = mapped_column(unique=True)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    after_id: Mapped[int] = mapped_column(default=0)
    looked_count: Mapped[int] = mapped_column(default=0)
    written_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
