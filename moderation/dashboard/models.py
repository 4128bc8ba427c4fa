"""Tables of the dashboard: one row for each question that counts, and when they were counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base, enum_column
from moderation.dashboard.rules import Rung, Solver


class QuestionOutcome(Base):
    """What became of a question, made anew from what happened to it (`recounting`); nothing is ever added up here.

    ``asked_epoch`` is ``asked_at`` in seconds since 1970, ``day`` the day it was asked on the community's clock (days since the year 1), ``cell`` the hour of the week there
    (0 is Monday midnight). Times are seconds since it was published; those of ``work`` are in the team's hours.
    ``held_seconds``: how long it waited before. ``rung``: how far up the ladder it had gone when it was answered.
    ``reopened``: after it
    was solved. ``talked``: its asker had a private talk with the team on the topic. ``views`` as of when it was counted.
    ``helper_id``: who wrote the answer that was accepted ``accepted_at``, whoever that is.
    """

    __tablename__ = "question_outcome"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    language: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    asked_epoch: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[int]
    cell: Mapped[int]
    held_seconds: Mapped[int | None]
    first_seconds: Mapped[int | None]
    first_work_seconds: Mapped[int | None]
    first_by_team: Mapped[bool] = mapped_column(default=False)
    members_seconds: Mapped[int | None]
    members_work_seconds: Mapped[int | None]
    team_seconds: Mapped[int | None]
    team_work_seconds: Mapped[int | None]
    solved_seconds: Mapped[int | None]
    solved_by: Mapped[Solver | None] = enum_column(Solver, nullable=True)
    presumed: Mapped[bool] = mapped_column(default=False)
    reopened: Mapped[bool] = mapped_column(default=False)
    rung: Mapped[Rung | None] = enum_column(Rung, nullable=True)
    talked: Mapped[bool] = mapped_column(default=False, server_default=false())
    views: Mapped[int] = mapped_column(default=0, server_default="0")
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    accepted_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_question_outcome_day", "day"),
        Index("ix_question_outcome_asked", "asked_at", "question_id"),
        Index("ix_question_outcome_asker", "asker_id", "day", "asked_epoch", "first_seconds"),
        Index("ix_question_outcome_accepted", "accepted_at", "category_id", "helper_id"),
        Index("ix_question_outcome_helper", "helper_id"),
    )


class OutcomeCount(Base):
    """The last time all questions were counted: how many, and how many differed from the forum's own counters."""

    __tablename__ = "outcome_count"
    id: Mapped[int] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
    questions: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)


class CampaignCount(Base):
    """What a campaign that is over brought (`campaigns.effects`), counted every night until nothing in it can change.

    ``numbers`` are those of its row on the dashboard after who took part and how many it ``reached`` (None where that was not
    counted in time); ``ends_at`` is the campaign's, in whose period it stands.
    """

    __tablename__ = "campaign_count"
    is_mission: Mapped[bool] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name_fr: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    ends_at: Mapped[datetime] = mapped_column(index=True)
    numbers: Mapped[list]
    reached: Mapped[int | None]
    counted_at: Mapped[datetime]


class DashboardReader(Base):
    """A manager who wants the week's figures by mail."""

    __tablename__ = "dashboard_reader"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    since_at: Mapped[datetime]
