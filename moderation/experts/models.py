"""Tables of the experts: what members did, by topic; what each wishes; the waves and the invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.experts.asking.courtesy_rules import InvitationState
from moderation.experts.rules import Why


class ExpertRecord(Base):
    """What a member's answers say in one topic: a language, and within it a category, a tag or a product.

    Derived from the posts (``counting``): may be thrown away and counted again. ``warmth`` see ``rules``; its order in a
    topic is the same at any time, so the most present members of a topic are the first of an index.
    """

    __tablename__ = "expert_record"
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    warmth: Mapped[float]
    answers: Mapped[int]
    accepted: Mapped[int]
    last_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_expert_record_warmth", "topic", "warmth"),
        Index("ix_expert_record_member", "member_id"),
    )


class ExpertWish(Base):
    """Whether a member wants to be asked for help, and how it went. No row: never said so, so never asked.

    The row is locked while the member is invited, so that of several questions at once the caps still hold.
    ``away_until``: a vacation; ``paused_until``: the house asks nothing for a while. ``invited_count`` and
    ``answered_count`` leave out what says nothing about the member; ``ignored_count`` is how many in a row.
    """

    __tablename__ = "expert_wish"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    wanted: Mapped[bool] = mapped_column(default=True)
    at_night: Mapped[bool] = mapped_column(default=False)
    away_until: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    ignored_count: Mapped[int] = mapped_column(default=0)
    invited_count: Mapped[int] = mapped_column(default=0)
    answered_count: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (Index("ix_expert_wish_wanted", "wanted", "member_id"),)


class ExpertMute(Base):
    """A category a member is not asked about: until then, or for good."""

    __tablename__ = "expert_mute"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), primary_key=True)
    until: Mapped[datetime | None]


class ExpertWave(Base):
    """A stage of the ladder in which members are invited (E1): unique for question, cycle and wave.

    ``due_at`` is when the sweep looks at it next; it is empty when the wave is over. ``invited``: how many were asked.
    """

    __tablename__ = "expert_wave"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    wave: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    invited: Mapped[int] = mapped_column(default=0)


class ExpertInvitation(Base):
    """A member was asked to help with a question: once, with the reason they read and the parts of their score."""

    __tablename__ = "expert_invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    cycle: Mapped[int]
    wave: Mapped[int]
    explored: Mapped[bool] = mapped_column(default=False)
    score: Mapped[float]
    parts: Mapped[dict[str, Any]]
    why: Mapped[Why] = enum_column(Why)
    topic: Mapped[str] = mapped_column(String(40), default="")
    count: Mapped[int] = mapped_column(default=0)
    state: Mapped[InvitationState] = enum_column(InvitationState, default=InvitationState.OPEN)
    invited_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("question_id", "member_id"),
        Index("ix_expert_invitation_member", "member_id", "invited_at"),
        Index("ix_expert_invitation_lapse", "state", "lapses_at"),
        Index("ix_expert_invitation_at", "invited_at"),
    )
