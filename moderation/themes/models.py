"""Tables of rising topics: what one night found, and what the team makes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.themes.rules import NOTE_MOST, Follow, Source

TERM_MOST = 100


class RisingTopic(Base):
    """A term that was said more in the week before a night than in the four weeks before that.

    ``term`` is its stems, ``shown`` how it is written most. ``weeks`` are its texts week by week, the oldest first. ``tone`` is
    the mean of displeasure in points, ``unhappy`` how many texts have any. ``examples`` name texts, as [source, id].
    """

    __tablename__ = "rising_topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(8))
    term: Mapped[str] = mapped_column(String(TERM_MOST))
    shown: Mapped[str] = mapped_column(String(TERM_MOST))
    texts: Mapped[int]
    before: Mapped[int]
    authors: Mapped[int]
    z: Mapped[float]
    tone: Mapped[float]
    unhappy: Mapped[int]
    weeks: Mapped[list[int]] = mapped_column(JSON, default=list)
    examples: Mapped[list[Any]] = mapped_column(JSON, default=list)
    __table_args__ = (
        UniqueConstraint("day", "language", "term"),
        Index("ix_rising_topic_z", "day", "language", "z"),
    )


class CountedNight(Base):
    """The newest night that was counted, also when nothing rose in it: what rose in an older one is not current any more."""

    __tablename__ = "counted_night"
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class TopicFollow(Base):
    """What the team makes of a topic, whichever nights it rises in."""

    __tablename__ = "topic_follow"
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    term: Mapped[str] = mapped_column(String(TERM_MOST), primary_key=True)
    state: Mapped[Follow] = enum_column(Follow, default=Follow.SEEN)
    note: Mapped[str] = mapped_column(String(NOTE_MOST), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class SaidInWeek(Base):
    """How many texts a source had in a week, how many unhappy ones, and points of displeasure in all."""

    __tablename__ = "said_in_week"
    monday: Mapped[date] = mapped_column(Date, primary_key=True)
    source: Mapped[Source] = enum_column(Source, primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    texts: Mapped[int]
    unhappy: Mapped[int]
    points: Mapped[int]


class TopicWeek(Base):
    """The same of a topic that rose, or that the team follows."""

    __tablename__ = "topic_week"
    monday: Mapped[date] = mapped_column(Date, primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    term: Mapped[str] = mapped_column(String(TERM_MOST), primary_key=True)
    shown: Mapped[str] = mapped_column(String(TERM_MOST))
    texts: Mapped[int]
    unhappy: Mapped[int]
    points: Mapped[int]
