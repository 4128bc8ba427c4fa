"""The table of drafts of official answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column


class DraftState(StrEnum):
    """Where a proposed official answer stands."""

    WAITING = "waiting"
    USED = "used"
    DECLINED = "declined"


_WAITING = text("state = 'waiting'")


class OfficialDraft(Base):
    """What a super-user proposes the brand should answer. Only the team publishes; ``answer_id`` is what came of it."""

    __tablename__ = "official_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DraftState] = enum_column(DraftState, default=DraftState.WAITING)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    words: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (
        Index(
            "uq_official_draft_waiting", "question_id", "author_id", unique=True,
            sqlite_where=_WAITING, postgresql_where=_WAITING,
        ),
    )  # fmt: skip
