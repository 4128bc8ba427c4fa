"""Tables of decisions about many: what was chosen and decided by whom, and what became of each item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.bulk.rules import BulkState, By, Choice, Outcome
from moderation.review.rules import Reason


class Bulk(Base):
    """One go: who, by what, what and why. ``value`` is a member, a post or a host, as ``by`` says; ``key`` makes a form that is
    sent twice one go. The counts are those of its end."""

    __tablename__ = "review_bulk"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    key: Mapped[str] = mapped_column(String(40))
    by: Mapped[By] = enum_column(By)
    value: Mapped[str] = mapped_column(String(255), default="")
    choice: Mapped[Choice] = enum_column(Choice)
    reason: Mapped[Reason | None] = enum_column(Reason, nullable=True)
    message: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[BulkState] = enum_column(BulkState)
    item_count: Mapped[int]
    decided_count: Mapped[int] = mapped_column(default=0)
    passed_count: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    confirmed_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("author_id", "key"),
        Index("ix_review_bulk_state", "state", "expires_at"),
        CheckConstraint("confirmed_by_id is null or confirmed_by_id != author_id", name="second_is_another"),
        CheckConstraint("state != 'proposed' or expires_at is not null", name="proposal_ends"),
    )


class BulkItem(Base):
    """One item of a go, in the version that was there when it was chosen."""

    __tablename__ = "review_bulk_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("review_bulk.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    stamp: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[Outcome] = enum_column(Outcome, default=Outcome.WAITING)
    __table_args__ = (UniqueConstraint("bulk_id", "item_id"),)
