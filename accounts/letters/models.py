"""The table of texts that staff wrote for letters. Every version stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base


class LetterText(Base):
    """One version. The last one that is ``in_force`` counts; one that is ``is_original`` brings our own words back;
    one that is neither was only tried."""

    __tablename__ = "letter_text"
    __table_args__ = (UniqueConstraint("name", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    button: Mapped[str] = mapped_column(String(80), default="")
    in_force: Mapped[bool]
    is_original: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
