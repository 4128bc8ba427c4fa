"""The table of calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base

DEFAULT, ALWAYS = "default", "always"
"""Keys of the two calendars that are always there: the team's usual hours, and day and night."""
DEFAULT_ZONE = "Europe/Paris"
DEFAULT_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-20:00") | {
    "sat": "09:00-18:00",
    "sun": "",
}


class WorkCalendar(Base):
    """Hours of a week in one zone, public holidays of a country, special days (date → hours and name; they win).

    ``key`` marks the calendar everything falls back to and the one of day and night, which nobody changes.
    """

    __tablename__ = "work_calendar"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    zone: Mapped[str] = mapped_column(String(60))
    week: Mapped[dict[str, Any]]
    holidays: Mapped[str] = mapped_column(String(8), default="FR")
    days: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("key IS NULL OR retired_at IS NULL", name="kept"),)
