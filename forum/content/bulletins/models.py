"""The table of notices, and who put which away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class Bulletin(Base):
    """A notice in two languages. ``version`` grows with its words: what was put away is shown again then."""

    __tablename__ = "bulletin"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    product_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    title_fr: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120))
    text_fr: Mapped[str] = mapped_column(String(600))
    text_en: Mapped[str] = mapped_column(String(600))
    url: Mapped[str] = mapped_column(String(300), default="")
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class BulletinPutAway(Base):
    """A member has read a version of a notice and does not want to see it above lists any more."""

    __tablename__ = "bulletin_put_away"
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    version: Mapped[int]
