"""The table of when official answers are read again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class OfficialCheck(Base):
    """An official answer holds until ``due_at`` (empty: for good). ``checked_at``: when somebody last said that it is right."""

    __tablename__ = "official_check"
    answer_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    told_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
