"""What visitors were typing when they were asked to sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class ParkedDraft(Base):
    """A text sent without an account, or after the session had ended: kept for a day for whoever has the secret."""

    __tablename__ = "parked_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[dict] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
