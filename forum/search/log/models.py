"""Tables of the log of searches: sums of a day. No row speaks of a person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class SearchDay(Base):
    """One query in one language on one day; an empty query stands for all whose words are not kept.

    ``empty`` counts searches without a result, ``opened`` results that were opened, ``position_sum`` their places.
    """

    __tablename__ = "search_day"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(2))
    query: Mapped[str] = mapped_column(String(120))
    asked: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    position_sum: Mapped[int] = mapped_column(default=0)
    solved: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        UniqueConstraint("day", "language", "query"),
        Index("ix_search_day_language", "language", "day"),
    )


class SearchCount(Base):
    """How often something happened on a day in a language: results opened by place, suggestions shown and read."""

    __tablename__ = "search_count"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(40))
    times: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("day", "language", "kind"),)
