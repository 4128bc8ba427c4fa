"""Tables of the review queue: items, decisions, skips, watched words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from moderation.review.rules import Decision, ItemState, ItemType, Reason
from moderation.screening.words import WordAction

UNLEASED: dict[str, None] = {
    "lease_owner_id": None, "lease_token": None, "lease_begun_at": None, "lease_until": None,
}  # fmt: skip
"""What an item is in nobody's hands by: the values of its lease."""


class ReviewItem(Base):
    """Something a moderator must look at.

    ``open_key`` names the target while the item is open or leased and is empty afterwards: at most one open item
    per target and type. ``target_id`` is a post, or a statement for an appeal. A lease without ``lease_begun_at`` holds
    the item ready for its owner, who does not look at it yet. ``shown_as``: the type an audit looks like. ``found_by``: all who
    noticed what the signals say (`FoundBy`).
    """

    __tablename__ = "review_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemType] = enum_column(ItemType)
    target_id: Mapped[int]
    target_version: Mapped[int] = mapped_column(default=1)
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    klass: Mapped[int] = mapped_column("class")
    state: Mapped[ItemState] = enum_column(ItemState, default=ItemState.OPEN)
    signals: Mapped[list[str]] = mapped_column(default=list)
    found_by: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    score: Mapped[float] = mapped_column(default=0.0)
    language: Mapped[str] = mapped_column(String(8), default="fr")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    due_at: Mapped[datetime]
    aged_at: Mapped[datetime]
    lease_owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    lease_token: Mapped[str | None] = mapped_column(String(43))
    lease_begun_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    skip_count: Mapped[int] = mapped_column(default=0)
    needs_senior: Mapped[bool] = mapped_column(default=False)
    alarmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    waited_seconds: Mapped[int | None]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    excluded_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    shown_as: Mapped[str | None] = mapped_column(String(24))
    __table_args__ = (
        Index("ix_review_item_queue", "state", "class", "due_at"),
        Index(
            "ix_review_item_order",
            "class",
            "due_at",
            "id",
            "kind",
            sqlite_where=text("open_key IS NOT NULL"),
            postgresql_where=text("open_key IS NOT NULL"),
        ),
        CheckConstraint("class between 0 and 5", name="class_range"),
        CheckConstraint("(state in ('open', 'leased')) = (open_key is not null)", name="open_key_while_open"),
        CheckConstraint("state != 'leased' or lease_token is not null", name="lease_has_token"),
    )

    @property
    def seen_as(self) -> ItemType:
        """The type a moderator sees: an audit looks like what it was taken from."""
        return ItemType(self.shown_as or self.kind)


@append_only(but_for_retention=True)
class ReviewDecision(Base):
    """What was decided about an item, once. ``stamp`` is the version of the content that was displayed."""

    __tablename__ = "review_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), unique=True)
    decision: Mapped[Decision] = enum_column(Decision)
    reason: Mapped[Reason | None] = enum_column(Reason, nullable=True)
    message: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    stamp: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    state_before: Mapped[str] = mapped_column(String(12), default="")
    state_after: Mapped[str] = mapped_column(String(12), default="")
    seconds: Mapped[int | None]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


@append_only(but_for_retention=True)
class DecisionUndo(Base):
    """A decision that was taken back within seconds; ``new_item_id`` is the item that waits instead."""

    __tablename__ = "review_undo"
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("review_decision.id"), unique=True)
    new_item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    undone_at: Mapped[datetime] = mapped_column(default=clock.now)


class ItemSkip(Base):
    """A moderator put an item aside; it is not served to the same one before ``until``."""

    __tablename__ = "review_skip"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    until: Mapped[datetime]
    __table_args__ = (UniqueConstraint("item_id", "moderator_id"),)


class ItemNote(Base):
    """What moderators tell each other about an item; never shown to members."""

    __tablename__ = "review_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class WatchedWord(Base):
    """A word or phrase the screening looks for, with the sentences that prove it right."""

    __tablename__ = "watched_word"
    id: Mapped[int] = mapped_column(primary_key=True)
    pattern: Mapped[str] = mapped_column(String(120))
    action: Mapped[WordAction] = enum_column(WordAction)
    whole_word: Mapped[bool] = mapped_column(default=True)
    case_matters: Mapped[bool] = mapped_column(default=False)
    value: Mapped[str] = mapped_column(String(200), default="")
    must_match: Mapped[list[str]] = mapped_column(default=list)
    must_not_match: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (UniqueConstraint("pattern", "action"),)
