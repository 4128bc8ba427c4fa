"""Tables of the lounge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class LoungeTopic(Base):
    """What is talked about. ``is_news``: the team tells something early. ``nonce`` makes the same form sent twice one topic."""

    __tablename__ = "lounge_topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    title: Mapped[str] = mapped_column(String(160))
    is_news: Mapped[bool] = mapped_column(default=False)
    nonce: Mapped[str] = mapped_column(String(40))
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    reply_count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("author_id", "nonce"), Index("ix_lounge_topic_last", "last_at", "id"))


class LoungeMessage(Base):
    """One message of a topic; the first one opens it. What is taken away keeps its place without its words."""

    __tablename__ = "lounge_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("lounge_topic.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        UniqueConstraint("author_id", "nonce"),
        Index("ix_lounge_message_topic", "topic_id", "id"),
    )
