"""The table of reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.flags.rules import FlagReason, Outcome


class Flag(Base):
    """One member's report of one version of a post.

    ``active_key`` names (post, member, reason) while the report waits, and is empty once it is withdrawn or
    decided: one active report per member, post and reason. ``origin`` is a keyed digest, never an address.
    """

    __tablename__ = "flag"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    version: Mapped[int]
    flagger_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[FlagReason] = enum_column(FlagReason)
    note: Mapped[str] = mapped_column(String(500), default="")
    weight: Mapped[float] = mapped_column(default=0.0)
    origin: Mapped[str] = mapped_column(String(32), default="")
    is_stranger: Mapped[bool] = mapped_column(default=False)
    active_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = enum_column(Outcome, nullable=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_flag_post", "post_id", "active_key"),
        Index("ix_flag_flagger", "flagger_id", "outcome"),
    )
