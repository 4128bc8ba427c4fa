"""Tables of what is promised: policies in their order, their targets, every version, what each cycle began under."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from moderation.escalation.rules import Priority
from moderation.escalation.sla_rules import Metric

FALLBACK = "fallback"
"""Key of the policy without conditions that is always there, and always last."""


class SlaPolicy(Base):
    """A policy as it stands: the first by position whose filter a question meets counts. Editing makes a version."""

    __tablename__ = "sla_policy"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(16), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    filter: Mapped[dict[str, Any]] = mapped_column(default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("key IS NULL OR active", name="fallback_is_active"),)


class SlaTarget(Base):
    """The minutes of one metric and priority. ``calendar_id`` is empty for the team's calendar of the category."""

    __tablename__ = "sla_target"
    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("sla_policy.id"))
    metric: Mapped[Metric] = enum_column(Metric)
    priority: Mapped[Priority] = enum_column(Priority)
    minutes: Mapped[int]
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    warn_percent: Mapped[int] = mapped_column(default=75)
    rests_for: Mapped[list[str]] = mapped_column(default=list)
    __table_args__ = (
        UniqueConstraint("policy_id", "metric", "priority"),
        CheckConstraint("minutes > 0 AND warn_percent BETWEEN 1 AND 100", name="some_time"),
    )


@append_only
class SlaVersion(Base):
    """A policy as it was from some moment on: who changed it, and why."""

    __tablename__ = "sla_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("sla_policy.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    reason: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (UniqueConstraint("policy_id", "version"),)


@append_only
class SlaApplied(Base):
    """The policy one cycle of a question began under, and the terms it is counted with ever after."""

    __tablename__ = "sla_applied"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    cycle: Mapped[int]
    policy_id: Mapped[int] = mapped_column(ForeignKey("sla_policy.id"))
    policy_version: Mapped[int]
    terms_id: Mapped[int] = mapped_column(ForeignKey("sla_terms.id"))
    applied_at: Mapped[datetime] = mapped_column(default=clock.now)
    priority: Mapped[Priority] = enum_column(Priority)
    __table_args__ = (UniqueConstraint("question_id", "cycle"),)


class CategoryLadder(Base):
    """How the ladder differs in a category: slower or faster, without a stage, by a calendar of its own."""

    __tablename__ = "category_ladder"
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), primary_key=True)
    factor: Mapped[float] = mapped_column(default=1.0)
    with_super_users: Mapped[bool] = mapped_column(default=True)
    with_team: Mapped[bool] = mapped_column(default=True)
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    __table_args__ = (CheckConstraint("factor BETWEEN 0.01 AND 100", name="sensible"),)
