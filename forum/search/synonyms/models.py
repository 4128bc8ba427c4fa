"""Tables of synonyms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class SynonymGroup(Base):
    """Words that mean the same in one language; ``version`` tells two writers apart."""

    __tablename__ = "synonym_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        CheckConstraint("language IN ('fr', 'en')", name="synonym_language_known"),
        Index("ix_synonym_group_language", "language", "changed_at", "id"),
    )


class SynonymEntry(Base):
    """A word or phrase of a group. ``key`` is its stems: of each there is one in a language."""

    __tablename__ = "synonym_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("synonym_group.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    key: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("language", "key"),)
