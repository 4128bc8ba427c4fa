"""The table of busy times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class CategoryStorm(Base):
    """A busy time: everything in a category is read first until ``ends_at``, whatever its policy, which is not touched, so
    that it is in force again by itself. ``active_key`` is the category while it lasts: one at a time."""

    __tablename__ = "category_storm"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    active_key: Mapped[int | None] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (CheckConstraint("ends_at > begun_at", name="lasts"),)
