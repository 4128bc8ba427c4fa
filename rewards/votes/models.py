"""Tables of votes on the charter and the terms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.content.terms.rules import Document
from rewards.votes.rules import Choice


class CharterVote(Base):
    """Mentors are asked about a draft as it was at ``saved_at``. There is one draft a document, and one vote on a draft: so
    no document ever has two that are open."""

    __tablename__ = "charter_vote"
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[Document] = enum_column(Document)
    number: Mapped[int]
    saved_at: Mapped[datetime]
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ends_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("document", "number", "saved_at"),)


class CharterBallot(Base):
    """A mentor who was asked, once a vote; ``choice`` is empty until they say something, and may change until the end."""

    __tablename__ = "charter_ballot"
    vote_id: Mapped[int] = mapped_column(ForeignKey("charter_vote.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    choice: Mapped[Choice | None] = enum_column(Choice)
    remark: Mapped[str] = mapped_column(String(500), default="")
    cast_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_charter_ballot_member", "member_id", "vote_id"),)
