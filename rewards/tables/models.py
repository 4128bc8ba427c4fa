"""Tables of the points table: its editions, and what members would have by one that runs on trial."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class RuleEdition(Base):
    """One edition of the points table; the default one has the number 1 and no row (domain/rewards.md §A1.3).

    ``rules`` are the amounts that differ from the default, each with the edition that set it. Which edition is in force
    stands in the setting ``rewards.rules``. ``running`` is 1 for the one that runs on trial: there is at most one. A trial that
    is over keeps ``trial_since`` until somebody has decided about it.
    """

    __tablename__ = "rule_edition"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    rules: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    trial_since: Mapped[datetime | None]
    trial_until: Mapped[datetime | None]
    running: Mapped[int | None] = mapped_column(unique=True)


class TrialSum(Base):
    """What a member earned while an edition was on trial: by the table in force, and by the one on trial."""

    __tablename__ = "trial_sum"
    edition_id: Mapped[int] = mapped_column(ForeignKey("rule_edition.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    reputation: Mapped[int]
    spendable: Mapped[int]
    reputation_on_trial: Mapped[int]
    spendable_on_trial: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)
