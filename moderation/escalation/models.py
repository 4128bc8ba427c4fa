"""Tables of the ladder and of the team's cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from common.secrecy import Sealed
from moderation.escalation.rules import CaseState, Priority, Stage
from moderation.escalation.sla_rules import Metric, SlaType


@append_only
class SlaTerms(Base):
    """Terms that cycles run under: calendars, timers, targets. Never changed; a new text is a new row."""

    __tablename__ = "sla_terms"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(40), unique=True)
    content: Mapped[dict]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


NOTES = "fourmi-notes"
"""What internal notes are sealed for."""


class Ladder(Base):
    """The clock of one question. ``due_at`` is when its next stage comes, ``alarm_at`` when one of its promises warns or
    is broken next: then the sweep looks at it. Each is empty when nothing can come.

    ``version`` grows with every change. The true due times are never stored: they
    follow from ``started_at``, the policy, the priority and the pauses. ``answered_at`` is set by a member's valid
    answer, ``stopped_at`` when no stage can come any more. ``skip_cause``: why the team is not told all the same.
    ``lexicon_version``: the words its score was made with; ``reach``: how many people its asker speaks to elsewhere, as
    the team noted; ``danger_read_at``: when a person read what the words of danger suggested, ``cleared_words`` those
    found harmless.
    """

    __tablename__ = "ladder"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(default=1)
    terms_id: Mapped[int] = mapped_column(ForeignKey("sla_terms.id"))
    factor: Mapped[float] = mapped_column(default=1.0)
    with_staff: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[Priority] = enum_column(Priority, default=Priority.NORMAL)
    priority_set_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    score: Mapped[int] = mapped_column(default=0)
    score_parts: Mapped[list] = mapped_column(default=list)
    lexicon_version: Mapped[int] = mapped_column(default=1, server_default="1")
    reach: Mapped[int] = mapped_column(default=0, server_default="0")
    cleared_words: Mapped[list] = mapped_column(default=list, server_default="[]")
    danger_read_at: Mapped[datetime | None]
    danger_read_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    is_danger: Mapped[bool] = mapped_column(default=False)
    is_legal: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    retargeted_at: Mapped[datetime | None]
    with_super_users: Mapped[bool] = mapped_column(default=True)
    skip_cause: Mapped[str | None] = mapped_column(String(24))
    stage: Mapped[Stage | None] = enum_column(Stage, nullable=True)
    answered_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stop_cause: Mapped[str | None] = mapped_column(String(24))
    due_at: Mapped[datetime | None]
    alarm_at: Mapped[datetime | None]
    rescored_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    failure_count: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index("ix_ladder_due", "due_at"),
        Index("ix_ladder_alarm", "alarm_at"),
        Index("ix_ladder_open", "stopped_at", "rescored_at"),
    )


@append_only
class StageRow(Base):
    """A stage that a question reached: ``due_at`` when it was due, ``recorded_at`` when the clock's worker saw it."""

    __tablename__ = "ladder_stage"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    cycle: Mapped[int]
    stage: Mapped[Stage] = enum_column(Stage)
    due_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    cause: Mapped[str] = mapped_column(String(40), default="clock")
    __table_args__ = (UniqueConstraint("question_id", "cycle", "stage"),)


@append_only
class SlaEvent(Base):
    """Something that happened to a promise (`domain/escalation.md §C1.5`). ``source`` names what caused it; ``at`` is its true
    moment, ``recorded_at`` when it was written down, later where the clock was late."""

    __tablename__ = "sla_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    cycle: Mapped[int]
    metric: Mapped[Metric] = enum_column(Metric)
    instance: Mapped[int] = mapped_column(default=1)
    type: Mapped[SlaType] = enum_column(SlaType)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime | None] = mapped_column(default=clock.now, index=True)
    source: Mapped[str] = mapped_column(String(60), default="")
    priority: Mapped[Priority | None] = enum_column(Priority, nullable=True)
    retargeted: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("question_id", "cycle", "metric", "instance", "type", "source"),
        Index("ix_sla_event_at", "metric", "at"),
        Index("ix_sla_event_type", "type", "at", "metric", "question_id"),
    )


class Case(Base):
    """What the team does about one cycle of a question. ``due_at`` is the promised reply, empty while paused."""

    __tablename__ = "support_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    cycle: Mapped[int]
    state: Mapped[CaseState] = enum_column(CaseState, default=CaseState.NEW)
    priority: Mapped[Priority] = enum_column(Priority)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    assigned_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("question_id", "cycle"),
        Index("ix_support_case_board", "state", "due_at"),
        Index("ix_support_case_assignee", "assignee_id", "state"),
        CheckConstraint(
            "state NOT IN ('assigned', 'waiting_asker', 'waiting_internal') OR assignee_id IS NOT NULL",
            name="worked_on_by",
        ),
        CheckConstraint("state NOT IN ('new', 'queued') OR assignee_id IS NULL", name="queued_is_free"),
    )


@append_only(but_for_retention=True)
class CaseEvent(Base):
    """A line of a case's timeline."""

    __tablename__ = "support_case_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    detail: Mapped[str] = mapped_column(String(200), default="")


class CaseNote(Base):
    """An internal note, sealed. A table of its own, so that no query of public posts can ever show one."""

    __tablename__ = "support_case_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    body: Mapped[str] = mapped_column(Sealed(NOTES))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class AgentDesk(Base):
    """One agent's place at the desk; its row lock puts assignments to the same agent in line. ``seen_at``: when they were
    last at it; ``away_at``: since when they said that they are not there."""

    __tablename__ = "agent_desk"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    last_assigned_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    away_at: Mapped[datetime | None]
