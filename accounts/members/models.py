"""The table of members, and what each chose for reading the site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from accounts.members.rules import BIO_MAX, CITY_MAX, NAME_MAX, SLUG_MAX, Role, TextSize, Theme
from common.clock import now
from common.db import Base, enum_column


class Member(Base):
    """One person of the community. Never deleted; ``closed_at`` says the account was left, ``erase_at`` that its member may
    take that back until then (accounts.closing.returning).

    ``points``, ``points_available``, ``has_point_news`` (points earned that no page has told yet) and ``rank`` are written by rewards only, ``silenced_until`` and
    ``suspended_until`` and ``has_warning`` (something of the team's that must be read first) by sanctions only. ``email`` is empty for members that came with an import and
    have not claimed their account. ``session_generation`` grows whenever every session must end.
    ``is_private``: town and activity are nobody else's, and no directory lists the member.

    ``is_mask``: nobody, but a question asked under a mask (accounts.masks). Such a row was never open, so that whatever
    asks for open accounts finds no page, name, mailbox or place in a list. ``has_masks``: this member wears some.

    ``is_limited``: a moderator whose role counts only where it is granted (`accounts.members.roles.limit`).
    """

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("rank between 0 and 6", name="rank_range"),
        CheckConstraint("language in ('fr', 'en')", name="language_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_verified_at: Mapped[datetime | None] = mapped_column()
    display_name: Mapped[str] = mapped_column(String(NAME_MAX), index=True)
    name_key: Mapped[str] = mapped_column(String(160), unique=True)
    slug: Mapped[str] = mapped_column(String(SLUG_MAX))
    role: Mapped[Role] = enum_column(Role, default=Role.MEMBER, index=True)
    language: Mapped[str] = mapped_column(String(2), default="fr")
    bio: Mapped[str] = mapped_column(String(BIO_MAX), default="")
    city: Mapped[str] = mapped_column(String(CITY_MAX), default="")
    joined_at: Mapped[datetime] = mapped_column(default=now, index=True)
    last_seen_at: Mapped[datetime | None] = mapped_column()
    points: Mapped[int] = mapped_column(default=0)
    points_available: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0, index=True)
    silenced_until: Mapped[datetime | None] = mapped_column()
    suspended_until: Mapped[datetime | None] = mapped_column()
    session_generation: Mapped[int] = mapped_column(default=0)
    imported_key: Mapped[str | None] = mapped_column(Text, unique=True)
    closed_at: Mapped[datetime | None] = mapped_column()
    erase_at: Mapped[datetime | None] = mapped_column(index=True)
    avatar_image_id: Mapped[int | None] = mapped_column()
    is_private: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_mask: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_masks: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_limited: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_point_news: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_warning: Mapped[bool] = mapped_column(default=False, server_default=false())


class DisplayChoice(Base):
    """How one member wants to read the site; no row means the defaults."""

    __tablename__ = "display_choice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    theme: Mapped[Theme] = enum_column(Theme, default=Theme.AUTO)
    text_size: Mapped[TextSize] = enum_column(TextSize, default=TextSize.NORMAL)
    shortcuts: Mapped[bool] = mapped_column(default=True)
