"""The table of reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.flags.rules import FlagReason, MeasureKind, Outcome


class Flag(Base):
    """One member's report of one version of a post.

    ``active_key`` names (post, member, reason) while the report waits, and is empty once it is withdrawn or
    decided: one active report per member, post and reason. ``origin`` and ``referrer`` (another site that led here) are
    keyed digests, never addresses. ``picture`` is the file of the post's picture that is meant, if it is one.
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
    referrer: Mapped[str] = mapped_column(String(32), default="", server_default="")
    picture: Mapped[str] = mapped_column(String(48), default="", server_default="")
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
        Index("ix_flag_flagger_time", "flagger_id", "created_at"),
    )


class FlagMeasure(Base):
    """A member whose reports are nearly always wrong was warned, or is not counted until a day."""

    __tablename__ = "flag_measure"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[MeasureKind] = enum_column(MeasureKind)
    reviewed: Mapped[int]
    agreed: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (Index("ix_flag_measure_member", "member_id", "until"),)
