"""Tables of restrictions: statements of reasons, how they ended, appeals, sanctions of members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from moderation.review.rules import Reason
from moderation.sanctions.rules import AppealState, End, Exemption, Measure, SanctionKind, SanctionState
from moderation.sanctions.strike_rules import StrikeCause

_ONE_BAN = text("kind = 'ban' AND state IN ('proposed', 'active')")


@append_only(but_for_retention=True)
class Statement(Base):
    """A statement of reasons: what was restricted, why, and what can be done (domain/moderation.md §B6).

    ``found_by``: all who drew attention to it (`FoundBy`); ``from_notice`` and ``automated_detection`` follow from it.
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
    found_by: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    from_notice: Mapped[bool] = mapped_column(default=False)
    automated_detection: Mapped[bool] = mapped_column(default=False)
    automated_decision: Mapped[bool] = mapped_column(default=False)
    lasts_until: Mapped[datetime | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    exemption: Mapped[Exemption | None] = enum_column(Exemption, nullable=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    appeal_until: Mapped[datetime]


@append_only(but_for_retention=True)
class StatementEnd(Base):
    """A restriction that ended before its time, and how."""

    __tablename__ = "statement_end"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), unique=True)
    how: Mapped[End] = enum_column(End)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ended_at: Mapped[datetime] = mapped_column(default=clock.now)


class Appeal(Base):
    """A member contests a decision; somebody else than its author answers. One per decision, and one more (``round`` 2)
    where there are new facts."""

    __tablename__ = "appeal"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[AppealState] = enum_column(AppealState, default=AppealState.SUBMITTED)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    assigned_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("statement_id", "round"),
        Index("ix_appeal_state", "state", "item_id"),
        Index("ix_appeal_created", "created_at", "id"),
    )


class Sanction(Base):
    """A measure against an account. ``Member.silenced_until``, ``suspended_until`` and ``has_warning`` follow these rows.

    A proposed one has no effect and no statement before ``confirmed_by_id`` says yes. ``strike_id`` is the strike that
    led to it, if one did; ``read_at`` when its member said to have read it.
    """

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
    strike_id: Mapped[int | None] = mapped_column(ForeignKey("strike.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    confirmed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_sanction_member", "member_id", "kind", "state"),
        Index("ix_sanction_ending", "state", "ends_at"),
        Index(
            "uq_sanction_one_ban", "member_id", unique=True, sqlite_where=_ONE_BAN, postgresql_where=_ONE_BAN,
        ),
        CheckConstraint("ends_at > begins_at", name="lasts"),
    )  # fmt: skip


class Strike(Base):
    """Points for a breach of the rules. They count until ``expires_at``, unless they were taken back before.

    ``key`` names the act they are given for, so that it never has two. ``statement_id`` is the decision about a text
    they came with, if one did.
    """

    __tablename__ = "strike"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    cause: Mapped[StrikeCause] = enum_column(StrikeCause)
    points: Mapped[int]
    message: Mapped[str] = mapped_column(Text, default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ended_how: Mapped[str] = mapped_column(String(12), default="")
    __table_args__ = (
        Index("ix_strike_member", "member_id", "expires_at"),
        CheckConstraint("points in (1, 3, 6, 12)", name="points_known"),
    )


class BannedAddress(Base):
    """The keyed digest of a banned account's address, so that it does not come back. Never the address itself."""

    __tablename__ = "banned_address"
    sanction_id: Mapped[int] = mapped_column(ForeignKey("sanction.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    kept_until: Mapped[datetime] = mapped_column(index=True)


class RefusedEdit(Base):
    """The change that was refused, as it waited: its author can mend it and send it again, and it waits as before when the
    refusal is undone. Kept for 30 days."""

    __tablename__ = "refused_edit"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    title: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    facts: Mapped[dict[str, Any] | None]
    kept_until: Mapped[datetime] = mapped_column(index=True)
