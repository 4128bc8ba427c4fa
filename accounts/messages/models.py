"""Tables of private messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accounts.messages.rules import NOTE_MAX, SEALED_FOR, Outcome, ReportReason
from common import clock
from common.db import Base, enum_column
from common.secrecy import Sealed


class Conversation(Base):
    """Two people; one row for a pair, whoever wrote first."""

    __tablename__ = "conversation"
    id: Mapped[int] = mapped_column(primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="in_order"),
    )


class ConversationSide(Base):
    """One of the two in a conversation: how far they have read, and from where they cleared it for themselves."""

    __tablename__ = "conversation_side"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    last_id: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_id: Mapped[int] = mapped_column(default=0)
    cleared_id: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_conversation_side_member", "member_id", "last_at", "conversation_id"),)


class Message(Base):
    """What one wrote to the other, sealed: order numbers and addresses are given here. ``nonce`` is of the form it was typed into: sent twice, it is one message."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body: Mapped[str] = mapped_column(Sealed(SEALED_FOR))
    body_html: Mapped[str] = mapped_column(Sealed(SEALED_FOR))
    nonce: Mapped[str] = mapped_column(String(40))
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("author_id", "nonce"),
        Index("ix_message_conversation", "conversation_id", "id"),
    )


class MessageBlock(Base):
    """A member hears no more from another."""

    __tablename__ = "message_block"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)


class MessageChoice(Base):
    """Whether a member lets others begin a conversation; no row means yes."""

    __tablename__ = "message_choice"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)


class MessageReport(Base):
    """A message its receiver shows to the moderators, once."""

    __tablename__ = "message_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[ReportReason] = enum_column(ReportReason)
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[Outcome | None] = enum_column(Outcome, nullable=True)
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
