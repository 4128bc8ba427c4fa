"""The table of archives; the files lie in the data directory under a name that cannot be guessed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class DataArchive(Base):
    """The one archive of a member: being made until ``ready_at``, fetched until ``ends_at``, then gone with its file."""

    __tablename__ = "data_archive"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ready_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    file_key: Mapped[str] = mapped_column(String(40), default="")
    byte_count: Mapped[int] = mapped_column(default=0)
