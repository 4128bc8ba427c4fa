"""Tables of the ledger: the lines, and one row per member that keeps the sums and puts writers in line."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from rewards.ledger.rules import Account, CauseType, EntryKind


@append_only
class LedgerEntry(Base):
    """One line: points asked for and granted, why, and when they can be used (domain/rewards.md §A1.3).

    ``requested`` and ``granted`` are signed points. ``effective_day`` is the community's civil day that caps and
    rank windows count. ``restores_id``: the earlier line this one brings back after a removal was overturned.
    ``note`` is a key of `rules.Withheld` or the reason of a reversal.
    """

    __tablename__ = "ledger_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    account: Mapped[Account] = enum_column(Account)
    requested: Mapped[int]
    granted: Mapped[int]
    kind: Mapped[EntryKind] = enum_column(EntryKind)
    rule_key: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[int] = mapped_column(default=1)
    cause_type: Mapped[CauseType] = enum_column(CauseType)
    cause_id: Mapped[str] = mapped_column(String(80))
    cause_seq: Mapped[int] = mapped_column(default=1)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    restores_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    occurred_at: Mapped[datetime]
    effective_day: Mapped[date]
    available_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    note: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        UniqueConstraint(
            "member_id", "account", "cause_type", "cause_id", "cause_seq", "kind", name="uq_ledger_cause"
        ),
        Index("ix_ledger_member_time", "member_id", "occurred_at", "id"),
        Index("ix_ledger_member_available", "member_id", "account", "available_at"),
        Index("ix_ledger_member_day", "member_id", "account", "effective_day"),
        Index("ix_ledger_cause", "cause_type", "cause_id"),
        Index("ix_ledger_post", "post_id"),
        Index("ix_ledger_question", "question_id"),
        Index("ix_ledger_available", "available_at"),
        Index("ix_ledger_day", "account", "effective_day", "kind", "member_id"),
        CheckConstraint("abs(granted) <= abs(requested)", name="granted_within"),
        CheckConstraint("granted * requested >= 0", name="same_sign"),
        CheckConstraint(
            "(kind = 'reverse') = (kind = 'reverse' AND reverses_id IS NOT NULL)", name="reverse_names"
        ),
        CheckConstraint("kind NOT IN ('spend', 'expire') OR granted <= 0", name="outgoing_negative"),
        CheckConstraint("kind NOT IN ('earn', 'refund') OR granted >= 0", name="incoming_positive"),
    )


class DaySum(Base):
    """What the lines of one civil day add up to: a year is at most 366 rows, however many lines a member has.

    ``reputation``: all of it. ``earned``: points to spend that were earned, less what was undone. ``lots``: all points to
    spend that came in and were not undone, which is what can end after twelve months.
    """

    __tablename__ = "ledger_day"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reputation: Mapped[int] = mapped_column(default=0)
    earned: Mapped[int] = mapped_column(default=0)
    lots: Mapped[int] = mapped_column(default=0)


class Balance(Base):
    """A member's sums. Its row lock puts everything that books for one member in line.

    ``spendable`` is the sum of all spendable lines; ``matured`` only of those available at ``matured_until``.
    """

    __tablename__ = "balance"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    reputation: Mapped[int] = mapped_column(default=0)
    spendable: Mapped[int] = mapped_column(default=0)
    matured: Mapped[int] = mapped_column(default=0)
    matured_until: Mapped[datetime] = mapped_column(default=clock.now)
