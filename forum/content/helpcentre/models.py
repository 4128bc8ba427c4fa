"""Tables of the help centre's articles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.content.helpcentre.rules import ADDRESS_MAX, KEY_MAX, TITLE_MAX, Source


class HelpArticle(Base):
    """An article that stands elsewhere. ``body`` is plain text, a line a paragraph; ``product_marks`` are the ids of its
    products between commas; ``digest`` is of all that was sent, so that the same again changes nothing."""

    __tablename__ = "help_article"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_MAX), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(ADDRESS_MAX))
    language: Mapped[str] = mapped_column(String(2))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    product_marks: Mapped[str] = mapped_column(String(400), default="")
    source: Mapped[Source] = enum_column(Source)
    digest: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_help_article_changed", "changed_at", "id"),)


class HelpTerm(Base):
    """What a stem says in an article: the index, the same on every database. A withdrawn article has none."""

    __tablename__ = "help_term"
    term: Mapped[str] = mapped_column(String(64), primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("help_article.id", ondelete="CASCADE"), primary_key=True
    )
    says: Mapped[float] = mapped_column(Float)
    in_title: Mapped[bool]
    __table_args__ = (Index("ix_help_term_article_id", "article_id"),)


class HelpFeed(Base):
    """What became of reading the feed of an address. ``etag`` and ``modified`` are what the far end said of its state."""

    __tablename__ = "help_feed"
    address: Mapped[str] = mapped_column(String(2_000), primary_key=True)
    etag: Mapped[str] = mapped_column(String(300), default="")
    modified: Mapped[str] = mapped_column(String(100), default="")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    result: Mapped[dict] = mapped_column(default=dict)
