"""The table of duplicates that members pointed out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.pointing.rules import HintState

_OPEN = text("state = 'open'")


class DuplicateHint(Base):
    """A question that is covered by another one, as a member sees it. One is open for a question at a time.

    ``undone_at``: it was confirmed, and later turned out to be a question of its own.
    """

    __tablename__ = "duplicate_hint"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    original_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    words: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[HintState] = enum_column(HintState, default=HintState.OPEN)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    undone_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_duplicate_hint_open", "question_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_duplicate_hint_state", "state", "id"),
        Index("ix_duplicate_hint_member", "member_id", "made_at"),
    )
