"""Tables of outbreaks: how common words are, groups of like questions, and what was suspected of a group."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.outbreaks.rules import SuspicionState


class OutbreakTerm(Base):
    """In how many questions a word stands; the word 0 counts the questions, and is the lock of those who add one."""

    __tablename__ = "outbreak_term"
    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    questions: Mapped[int] = mapped_column(default=0)


class QuestionGroup(Base):
    """Questions that are alike; ``words`` and ``weights`` are their middle."""

    __tablename__ = "question_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[int]] = mapped_column(JSON)
    weights: Mapped[list[float]] = mapped_column(JSON)
    size: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(index=True)


class GroupAnchor(Base):
    """A telling word of a group, by which it is found."""

    __tablename__ = "group_anchor"
    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("question_group.id"), primary_key=True, index=True)


class QuestionPrint(Base):
    """The telling words of a published question, and its group (none for a question without any)."""

    __tablename__ = "question_print"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("question_group.id"))
    words: Mapped[list[int]] = mapped_column(JSON)
    weights: Mapped[list[float]] = mapped_column(JSON)
    simhash: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    is_new: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_question_print_group", "group_id", "asked_at"),)


class Suspicion(Base):
    """Too many people ask the same. ``open_key`` is the group while it is open, so that there is one; then empty."""

    __tablename__ = "suspicion"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("question_group.id"), index=True)
    open_key: Mapped[int | None] = mapped_column(unique=True)
    state: Mapped[SuspicionState] = enum_column(SuspicionState, default=SuspicionState.SUSPECTED)
    people: Mapped[float]
    usual: Mapped[float]
    minutes: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)


class Watch(Base):
    """Thresholds that are lower until a moment, because trouble is expected."""

    __tablename__ = "outbreak_watch"
    id: Mapped[int] = mapped_column(primary_key=True)
    least: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    until_at: Mapped[datetime] = mapped_column(index=True)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
