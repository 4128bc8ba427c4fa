"""Tables of what members were told, and how each wishes to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accounts.notifications.rules import Mail
from common.clock import now
from common.db import Base, enum_column


class Notification(Base):
    """One piece of news for one member. ``params`` hold ids and numbers, never names or texts.

    ``mail_due_at`` says when it goes out by mail (None: never); ``mail_batch`` names the letter it went
    into, so that a letter that is written twice holds the same news.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("member_id", "kind", "cause"),
        Index("ix_notification_page", "member_id", "on_site", "id"),
        Index("ix_notification_unread", "member_id", "read_at"),
        Index("ix_notification_mail", "member_id", "mail_due_at"),
        Index("ix_notification_post", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(80))
    question_id: Mapped[int | None]
    post_id: Mapped[int | None]
    params: Mapped[dict[str, Any]]
    on_site: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    mail_due_at: Mapped[datetime | None]
    mail_is_digest: Mapped[bool] = mapped_column(default=False)
    mail_batch: Mapped[str | None] = mapped_column(String(80))
    mailed_at: Mapped[datetime | None]


class Preference(Base):
    """How one member wants to hear about one event; no row means the default."""

    __tablename__ = "notification_preference"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[Mail] = enum_column(Mail, default=Mail.OFF)


class ChannelWish(Base):
    """Whether one member wants to hear about one event by a channel; no row means the channel's default."""

    __tablename__ = "notification_channel_wish"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    wanted: Mapped[bool]
