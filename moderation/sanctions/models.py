"""Tables of restrictions: statements of reasons, how they ended, appeals, sanctions of members."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from moderation.review.rules import Reason
from moderation.sanctions.rules import AppealState, End, Exemption, Measure, SanctionKind, SanctionState


@append_only
class Statement(Base):
    """A statement of reasons: what was restricted, why, and what can be done (domain/moderation.md §B6).

    Written in the transaction of the restriction, once: ``cause`` is unique. It holds no content; the page shows
    the post while that is kept.
    """

    __tablename__ = "statement"
    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String(60), unique=True)
    measure: Mapped[Measure] = enum_column(Measure)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    post_version: Mapped[int | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("review_decision.id"), unique=True)
    reason: Mapped[Reason] = enum_column(Reason)
    clause: Mapped[str] = mapped_column(String(12))
    rests_on_law: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(Text, default="")
    from_notice: Mapped[bool] = mapped_column(default=False)
    automated_detection: Mapped[bool] = mapped_column(default=False)
    automated_decision: Mapped[bool] = mapped_column(default=False)
    lasts_until: Mapped[datetime | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    exemption: Mapped[Exemption | None] = enum_column(Exemption, nullable=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    appeal_until: Mapped[datetime]


@append_only
class StatementEnd(Base):
    """A restriction that ended before its time, and how."""

    __tablename__ = "statement_end"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), unique=True)
    how: Mapped[End] = enum_column(End)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ended_at: Mapped[datetime] = mapped_column(default=clock.now)


class Appeal(Base):
    """A member contests a decision; somebody else than its author answers. One per decision."""

    __tablename__ = "appeal"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), unique=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[AppealState] = enum_column(AppealState, default=AppealState.SUBMITTED)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class Sanction(Base):
    """A measure against an account. ``Member.silenced_until`` and ``suspended_until`` follow these rows."""

    __tablename__ = "sanction"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[SanctionKind] = enum_column(SanctionKind)
    reason: Mapped[Reason] = enum_column(Reason)
    message: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[SanctionState] = enum_column(SanctionState, default=SanctionState.ACTIVE)
    begins_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    end_reason: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (
        Index("ix_sanction_member", "member_id", "kind", "state"),
        CheckConstraint("ends_at > begins_at", name="lasts"),
    )
