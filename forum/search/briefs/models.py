"""Whether briefs answered. No row names a person: a ballot is a keyed hash of who and what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class BriefQuery(Base):
    """A query that had a brief: its words, empty where they looked personal, and how many said yes and no."""

    __tablename__ = "brief_query"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(String(120))
    up: Mapped[int] = mapped_column(default=0)
    down: Mapped[int] = mapped_column(default=0)
    voted_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (Index("ix_brief_query_voted", "voted_at"),)


class BriefSource(Base):
    """How often a source was part of a brief that answered a query, and of one that did not."""

    __tablename__ = "brief_source"
    query_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(String(30), primary_key=True)
    up: Mapped[int] = mapped_column(default=0)
    down: Mapped[int] = mapped_column(default=0)


class BriefBallot(Base):
    """What one member or one browser said of the brief of a query, and the sources it showed."""

    __tablename__ = "brief_ballot"
    query_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    ballot: Mapped[str] = mapped_column(String(32), primary_key=True)
    helped: Mapped[bool]
    sources: Mapped[list[str]] = mapped_column(default=list)
    said_at: Mapped[datetime] = mapped_column(default=clock.now)
