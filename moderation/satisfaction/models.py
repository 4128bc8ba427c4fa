"""The table of what customers thought."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base
from moderation.satisfaction.rules import COMMENT_MOST


class Satisfaction(Base):
    """One question, one cycle: when it is asked, and what was said. ``dropped_at``: it was not asked after all (reopened, an
    incident). ``by_community``: the customer says that members solved it, not the team."""

    __tablename__ = "satisfaction"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    cycle: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("support_case.id"), index=True)
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    score: Mapped[int | None]
    comment: Mapped[str] = mapped_column(String(COMMENT_MOST), default="")
    by_community: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (
        UniqueConstraint("question_id", "cycle"),
        Index("ix_satisfaction_due", "asked_at", "due_at"),
        CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name="score_range"),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="answered_with_a_score"),
    )
