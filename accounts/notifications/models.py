"""Tables of what members were told, and how each wishes to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from accounts.notifications.rules import QUIET_FROM, QUIET_TO, Mail, Rhythm
from common.clock import now
from common.db import Base, enum_column


class Notification(Base):
    """One piece of news for one member. ``params`` hold ids and numbers, never names or texts.

    ``mail_due_at`` says when it goes out by mail (None: never); ``mail_batch`` names the letter it went
    into, so that a letter that is written twice holds the same news. ``returns``: withdrawn only because its post was
    taken away, true still, and back with the post.
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
    returns: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    digest: Mapped[bool] = mapped_column(default=True)


class ChannelWish(Base):
    """Whether one member wants to hear about one event by a channel; no row means the channel's default."""

    __tablename__ = "notification_channel_wish"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    wanted: Mapped[bool]


class AlertChoice(Base):
    """When and how often mails may come to one member; no row means the community's own hours and rhythm.

    ``time_zone`` is empty for the community's. The night may be longer than the community's, never shorter.
    """

    __tablename__ = "alert_choice"
    __table_args__ = (
        CheckConstraint(
            "quiet_from between 12 and 21 and quiet_to between 8 and 12", name="night_long_enough"
        ),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    time_zone: Mapped[str] = mapped_column(String(40), default="")
    quiet_from: Mapped[int] = mapped_column(default=QUIET_FROM)
    quiet_to: Mapped[int] = mapped_column(default=QUIET_TO)
    digest: Mapped[Rhythm] = enum_column(Rhythm, default=Rhythm.WEEKLY)
