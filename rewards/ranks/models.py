"""Tables of ranks: every change with its date, and the mandates that staff give."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column


class Why(StrEnum):
    """Why a rank changed."""

    EARNED = "earned"
    IMPORTED = "imported"
    APPOINTED = "appointed"
    MANDATE_END = "mandate_end"
    FRAUD = "fraud"
    REVIEW = "review"


class RankChange(Base):
    """A member came to stand at another rank."""

    __tablename__ = "rank_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    old: Mapped[int]
    new: Mapped[int]
    why: Mapped[Why] = enum_column(Why)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (CheckConstraint("old != new", name="moved"),)


class RankFigures(Base):
    """What formulas measure of a member's posts, kept written by ``measuring.counting``: all of it by name, nothing under a mask.

    ``accepted``: solutions for others. ``chosen`` of the ``compared`` answers in solved threads are the solution."""

    __tablename__ = "rank_figures"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    posts: Mapped[int] = mapped_column(default=0)
    answers: Mapped[int] = mapped_column(default=0)
    votes: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    chosen: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    topics: Mapped[int] = mapped_column(default=0)


class MandateOffer(Base):
    """The team asks a member to be a super-user (5) or a mentor (6); nothing changes before the charter is signed."""

    __tablename__ = "rank_offer"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    rank: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (CheckConstraint("rank in (5, 6)", name="rank_high"),)


class Charter(Base):
    """A text that somebody signed, by its hash."""

    __tablename__ = "rank_charter"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text_fr: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(default=clock.now)


class RankGrace(Base):
    """Annulled points are missing at a member's rank: it falls at ``until`` unless they are earned back."""

    __tablename__ = "rank_grace"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    rank: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class RankReview(Base):
    """When the team looks at an expert's rank next. ``told_at``: something is missing, and the member was told; it waits for
    a manager."""

    __tablename__ = "rank_review"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    told_at: Mapped[datetime | None]
    missing: Mapped[list[str]] = mapped_column(default=list)


class Alumnus(Base):
    """A former super-user or mentor: the badge and the lounge stay open to read (domain/rewards.md §A2.2)."""

    __tablename__ = "rank_alumnus"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    rank: Mapped[int]
    since: Mapped[datetime] = mapped_column(default=clock.now)


class Mandate(Base):
    """A super-user (5) or a mentor (6), for a term; the member may hand it back. ``rank_before`` is what deeds had opened;
    ``category_id`` is where a mentor looks after posts."""

    __tablename__ = "rank_mandate"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    rank: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    charter_signed_at: Mapped[datetime | None]
    charter_hash: Mapped[str | None] = mapped_column(String(64))
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    warned_at: Mapped[datetime | None]
    rank_before: Mapped[int] = mapped_column(default=0, server_default="0")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (CheckConstraint("rank in (5, 6)", name="rank_high"),)
