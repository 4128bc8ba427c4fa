"""Product trials on the experts' card: how many go on, which reports are late, what the reports say (design/UX.md, page 44).
Trials have no category and no language: these figures are the same under every filter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select

from common.db import db
from common.i18n import _
from moderation.dashboard.reading import Dates
from moderation.dashboard.wording import Figure, Unit
from rewards.trials.measuring.figures import mean_mark
from rewards.trials.models import Trial, TrialApplication, TrialReport
from rewards.trials.rules import Campaign, Part

RUNNING = (Campaign.OPEN, Campaign.SELECTING, Campaign.SHIPPING, Campaign.REPORTING, Campaign.CLOSING)


def running() -> ColumnElement[bool]:
    """That a trial goes on: begun, and neither over nor suspended."""
    return Trial.state.in_(RUNNING)


def late() -> ColumnElement[bool]:
    """That a report is owed and its day is over."""
    return TrialApplication.state == Part.OVERDUE


def written(dates: Dates) -> tuple[Any, ...]:
    """The criteria on reports: handed in in the period."""
    return TrialReport.written_at >= dates.since, TrialReport.written_at < dates.until


def trials(dates: Dates) -> list[Figure]:
    """The figures. One statement."""
    reports = select(func.count()).select_from(TrialReport).where(*written(dates))
    going, owed, count, mean = db.session.execute(
        select(
            select(func.count()).select_from(Trial).where(running()).scalar_subquery(),
            select(func.count()).select_from(TrialApplication).where(late()).scalar_subquery(),
            reports.scalar_subquery(), mean_mark(*written(dates)).scalar_subquery(),
        )
    ).one()  # fmt: skip
    return [
        Figure("trials-running", _("Product trials going on"), Unit.COUNT, going, _("Product trials that are open, being drawn, sent or reported on now, whatever the period and the filters."), "trials-running"),
        Figure("trials-late", _("Reports of testers that are late"), Unit.COUNT, owed, _("Testers who have the product and whose report is overdue now, whatever the period and the filters."), "trials-late", rises=False),
        Figure("trials-rating", _("Mean mark of testers, of 5"), Unit.MEAN, float(mean) if count else None, _("The mean of the marks in the reports that testers handed in in the period, whatever the filters."), "trials-reports", listed=count),
    ]  # fmt: skip
