"""Tables of watches: what is looked for, and what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.watches.rules import NAME_MOST, NOTE_MOST, MatchState, WatchMail


class SavedWatch(Base):
    """Words that somebody of the team wants to hear of. ``for_team``: everybody who listens hears, sees and changes it."""

    __tablename__ = "saved_watch"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    all_of: Mapped[list[str]] = mapped_column(JSON, default=list)
    any_of: Mapped[list[str]] = mapped_column(JSON, default=list)
    none_of: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str | None] = mapped_column(String(8))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    tone_least: Mapped[int] = mapped_column(default=0)
    for_team: Mapped[bool] = mapped_column(default=False)
    mail: Mapped[WatchMail] = enum_column(WatchMail, default=WatchMail.OFF)
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("owner_id", "name"),)


class WatchMatch(Base):
    """A public text that called for a watch, by which ``words`` of the watch, and what became of it. The text's own words are
    not kept."""

    __tablename__ = "watch_match"
    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("saved_watch.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    words: Mapped[list[str]] = mapped_column(JSON, default=list)
    tone: Mapped[int] = mapped_column(default=0)
    found_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    state: Mapped[MatchState] = enum_column(MatchState, default=MatchState.NEW)
    note: Mapped[str] = mapped_column(String(NOTE_MOST), default="")
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    handled_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("watch_id", "post_id"),
        Index("ix_watch_match_list", "watch_id", "found_at", "id"),
    )
