"""Tables of pauses: how somebody works now, and the pauses there were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.pauses.rules import PauseKind


class Pace(Base):
    """How a moderator works now: hasty decisions in a row, since when without a rest, a pause that is open."""

    __tablename__ = "moderator_pace"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    streak: Mapped[int] = mapped_column(default=0)
    working_since: Mapped[datetime]
    last_at: Mapped[datetime]
    paused_until: Mapped[datetime | None]
    rest_told_at: Mapped[datetime | None]
    rest_open: Mapped[bool] = mapped_column(default=False)


class Pause(Base):
    """A pause that was asked for, for the figures."""

    __tablename__ = "moderator_pause"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[PauseKind] = enum_column(PauseKind)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
