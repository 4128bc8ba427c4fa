"""The tables of forecasts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.forecast.rules import State


class Forecast(Base):
    """What a change would have done in a time of history. ``kind``, ``target_id`` and ``typed`` are the change as it was
    typed; ``old`` and ``new`` the rules without and with it, ``digest`` those without. Questions are played in order of
    id: ``last_id`` is how far it is. ``result`` are the figures of both."""

    __tablename__ = "forecast"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int | None]
    typed: Mapped[dict[str, Any]]
    days: Mapped[int]
    state: Mapped[State] = enum_column(State, default=State.RUNNING)
    old: Mapped[dict[str, Any]]
    new: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    until: Mapped[datetime]
    played_to: Mapped[datetime]
    total_count: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    applied_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_forecast_begun", "begun_at", "id"),
        CheckConstraint("days BETWEEN 1 AND 366", name="some_days"),
    )


class ForecastPart(Base):
    """The figures of some questions, those after ``after_id``, until all are played and added up."""

    __tablename__ = "forecast_part"
    id: Mapped[int] = mapped_column(primary_key=True)
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecast.id", ondelete="CASCADE"))
    after_id: Mapped[int]
    counts: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("forecast_id", "after_id"),)
