"""Tables of the leaderboards: sums a job makes from the ledger, and who does not want to be listed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class LeaderboardSum(Base):
    """Reputation a member earned in the last ``days`` days; ``category_id`` is 0 for all categories together."""

    __tablename__ = "leaderboard_sum"
    days: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    points: Mapped[int]
    solutions: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_leaderboard_place", "days", "category_id", "points", "member_id"),)


class Unlisted(Base):
    """A member who does not want to stand on a leaderboard."""

    __tablename__ = "leaderboard_unlisted"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
