"""Tables of official guides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.content.guides.rules import GuideState


class Guide(Base):
    """A how-to of the brand. ``body`` is Markdown whose ``##`` lines begin steps; ``intro_html`` and ``steps``
    (title and HTML) are rendered from it at write time. ``state`` has one writer, ``writing.py``. Guides that say the
    same in different languages share a ``pair_id``. ``due_told_at``: when somebody was told that a check is due."""

    __tablename__ = "guide"
    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(160))
    slug: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text)
    intro_html: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[list] = mapped_column(default=list)
    models: Mapped[list[str]] = mapped_column(default=list)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    state: Mapped[GuideState] = enum_column(GuideState, default=GuideState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    check_due_at: Mapped[datetime | None]
    due_told_at: Mapped[datetime | None]
    pair_id: Mapped[int | None]
    helped_count: Mapped[int] = mapped_column(default=0)
    unhelped_count: Mapped[int] = mapped_column(default=0)
    view_count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        Index("ix_guide_read", "state", "view_count", "id"),
        Index("ix_guide_edited", "edited_at", "id"),
        Index("ix_guide_due", "state", "check_due_at"),
        UniqueConstraint("pair_id", "language"),
        CheckConstraint("language IN ('fr', 'en')", name="guide_language_known"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="guide_published_dated"),
    )


class GuideVersion(Base):
    """A guide as it was; the newest equals the guide."""

    __tablename__ = "guide_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guide.id"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text)
    models: Mapped[list[str]] = mapped_column(default=list)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("guide_id", "version"),)


class GuideVerdict(Base):
    """Whether a guide helped one member or one visitor. ``voter`` is ``member:<id>`` or a hash of what the visitor's
    browser keeps, made for this guide alone; ``remark`` is read by the team only."""

    __tablename__ = "guide_verdict"
    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guide.id"))
    voter: Mapped[str] = mapped_column(String(80))
    helped: Mapped[bool]
    remark: Mapped[str] = mapped_column(String(400), default="")
    said_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("guide_id", "voter"),)
