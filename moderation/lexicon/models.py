"""The table of versions of the words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only


@append_only
class LexiconVersion(Base):
    """The words as they were in force from a moment on. Never changed; the newest counts, the one of the house before all."""

    __tablename__ = "lexicon_version"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[dict]
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
