"""Tables of missions: what is asked, which steps a member has done, who has finished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from rewards.missions.rules import MissionKind, MissionState, StepKind


class Mission(Base):
    """Steps in an order, a reward, and a budget of points to spend. ``days``: how long a newcomer has for it.

    ``spent`` never exceeds ``budget``: it grows by a conditional update in the transaction of the reward.
    """

    __tablename__ = "mission"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MissionKind] = enum_column(MissionKind)
    title_fr: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    days: Mapped[int] = mapped_column(default=7)
    reputation: Mapped[int] = mapped_column(default=0)
    spendable: Mapped[int] = mapped_column(default=0)
    budget: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    state: Mapped[MissionState] = enum_column(MissionState, default=MissionState.DRAFT, index=True)
    form_key: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    activated_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("spent >= 0 AND spent <= budget", name="within_budget"),
        CheckConstraint("reputation >= 0 AND spendable >= 0", name="rewards"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="lasts"),
        CheckConstraint("kind = 'onboarding' OR ends_at IS NOT NULL", name="campaign_ends"),
    )

    def title(self, language: str) -> str:
        """The title as readers of a language see it."""
        return self.title_fr if language == "fr" else self.title_en


class MissionStep(Base):
    """What one step asks for."""

    __tablename__ = "mission_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    position: Mapped[int]
    kind: Mapped[StepKind] = enum_column(StepKind)
    wanted: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("mission_id", "position"),
        CheckConstraint("wanted BETWEEN 1 AND 50", name="step_wanted"),
    )


class StepDone(Base):
    """A member did a step; it stays done."""

    __tablename__ = "mission_step_done"
    step_id: Mapped[int] = mapped_column(ForeignKey("mission_step.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (Index("ix_mission_step_done_member", "member_id"),)


class MissionDone(Base):
    """A member finished a mission. ``paid``: there was budget left."""

    __tablename__ = "mission_done"
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(default=clock.now)
    paid: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_mission_done_member", "member_id"),)
