"""Tables of what the desk learned. Features are numbers: nobody's words stand here."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.screening.learning.rules import Kind, Label, Stage


class FeatureCount(Base):
    """In how many texts of each label a feature stood."""

    __tablename__ = "model_feature"
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ok: Mapped[int] = mapped_column(default=0)
    junk: Mapped[int] = mapped_column(default=0)
    tone: Mapped[int] = mapped_column(default=0)


class LabelCount(Base):
    """How many texts of a label were learned, and how many word features they had."""

    __tablename__ = "model_label"
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    label: Mapped[Label] = enum_column(Label, primary_key=True)
    texts: Mapped[int] = mapped_column(default=0)
    features: Mapped[int] = mapped_column(default=0)


class Lesson(Base):
    """What a text taught: once, by its latest final decision. ``numbers`` can be subtracted again."""

    __tablename__ = "model_lesson"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    decision_id: Mapped[int] = mapped_column(ForeignKey("review_decision.id"), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    label: Mapped[Label] = enum_column(Label)
    numbers: Mapped[list[int]] = mapped_column(JSON, default=list)
    learned_at: Mapped[datetime] = mapped_column(default=clock.now)
    overturned: Mapped[bool] = mapped_column(default=False)


class ModelStage(Base):
    """Where a model stands, since when, and what it did in the days before (its tally then)."""

    __tablename__ = "model_stage"
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    kind: Mapped[Kind] = enum_column(Kind, primary_key=True)
    stage: Mapped[Stage] = enum_column(Stage, default=Stage.WAITING)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    why: Mapped[str] = mapped_column(String(300), default="")


class Forecast(Base):
    """What a model said of a text when it was sent. ``noticed``: likely enough to be held; ``held``: and it was."""

    __tablename__ = "model_forecast"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = enum_column(Kind, primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    chance: Mapped[float]
    noticed: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (Index("ix_model_forecast_noticed", "kind", "language", "noticed", "at"),)


class WeeklyReport(Base):
    """What a model noticed in a week, and how often people agreed."""

    __tablename__ = "model_report"
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    kind: Mapped[Kind] = enum_column(Kind, primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    stage: Mapped[Stage] = enum_column(Stage)
    noticed: Mapped[int] = mapped_column(default=0)
    agreed: Mapped[int] = mapped_column(default=0)
    disagreed: Mapped[int] = mapped_column(default=0)
