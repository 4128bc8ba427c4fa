"""Tables of the rules against abuse: cases, what they rest on, and pairs that pay nothing for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from rewards.abuse.rules import CaseState, Sign


class AbuseCase(Base):
    """Something a rule found about some members. ``open_key`` names rule and members while it waits: one case at a time."""

    __tablename__ = "abuse_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[Sign] = enum_column(Sign)
    state: Mapped[CaseState] = enum_column(CaseState, default=CaseState.OPEN)
    open_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    held_until: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (Index("ix_abuse_case_state", "state", "found_at", "id"),)


class AbuseEvidence(Base):
    """One vote, acceptance or answer a case rests on: from whom to whom, for what, when.

    ``kind`` is the source of a vote, `acceptance` or `copy`; ``target_id`` the vote, or the answer.
    """

    __tablename__ = "abuse_evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("abuse_case.id"))
    kind: Mapped[str] = mapped_column(String(24))
    target_id: Mapped[int]
    voter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    at: Mapped[datetime]
    annulled_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "target_id"),
        Index("ix_abuse_evidence_target", "kind", "target_id"),
        Index("ix_abuse_evidence_post", "post_id"),
        Index("ix_abuse_evidence_voter", "voter_id"),
        Index("ix_abuse_evidence_author", "author_id"),
    )


class VotePause(Base):
    """Votes of one member for another bring nothing from ``since``: all of them (V3), or those beyond a share (V2)."""

    __tablename__ = "vote_pause"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("abuse_case.id"))
    sign: Mapped[Sign] = enum_column(Sign)
    voter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("case_id", "voter_id", "author_id"),
        Index("ix_vote_pause_pair", "voter_id", "author_id"),
    )
