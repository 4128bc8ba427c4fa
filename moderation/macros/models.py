"""Tables of templates and of their uses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base
from moderation.macros.rules import TITLE_MOST


class Macro(Base):
    """A template. ``is_public``: for replies everybody reads; else for private messages, where personal details may be
    asked for. ``is_shared``: for the whole team, else its owner's. Retired ones stay, for their figures."""

    __tablename__ = "macro"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_MOST))
    language: Mapped[str] = mapped_column(String(8))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    body: Mapped[str] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    used_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_macro_language", "language", "retired_at"),)


class MacroUse(Base):
    """A template stood behind a reply that was sent, or behind the first words of a private talk (no ``post_id``)."""

    __tablename__ = "macro_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    macro_id: Mapped[int] = mapped_column(ForeignKey("macro.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    used_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("macro_id", "post_id"),)
