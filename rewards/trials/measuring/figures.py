"""What trials say of the programme: reports that came in time, among those that were due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from accounts.members.queries import cards
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _, number
from common.lists import Page, keyset, page_of
from rewards.economics.sources import Figure, Line, Listing, add_figure, add_listing
from rewards.trials import lottery
from rewards.trials.models import Trial, TrialApplication, TrialReport
from rewards.trials.rules import Part

LIST = "trial-reports"
a = TrialApplication


def _due(since: datetime) -> tuple[Any, ...]:
    """Participations whose report was due in this time: it has come, is late, or never came. Excused ones are none."""
    owed = and_(a.reported_at.is_(None), a.state.in_((Part.OVERDUE, Part.DEFAULTED)))
    came = and_(a.reported_at.is_not(None), a.state != Part.EXCUSED)
    return or_(owed, came), a.due_at >= since, or_(a.reported_at.is_not(None), a.due_at <= clock.now())


def in_time(since: datetime) -> Figure | None:
    """The share of them that came in time, whatever they say. One query."""
    count, good = db.session.execute(
        select(func.count(), func.count().filter(a.reported_at.is_not(None), a.on_time.is_(True))).where(
            *_due(since)
        )
    ).one()
    if not count:
        return None
    return Figure(
        _("Trial reports in time"), f"{round(100 * good / count)}\u00a0%",
        _(
            "Reports that were due in this period and came before they were late; due in all: %(count)s. Excused ones do not "
            "count; what a report says plays no part.", count=number(count),
        ), LIST,
    )  # fmt: skip


def lines(since: datetime, after: str | None, size: int) -> Page[Line]:
    """The participations behind it, the newest first. Two queries."""
    query = select(a.id, a.trial_id, a.member_id, a.due_at, a.on_time, a.reported_at, a.state, Trial).join(
        Trial, Trial.id == a.trial_id
    )
    rows = list(db.session.execute(keyset(query.where(*_due(since)), a.due_at, a.id, after, size)))
    page = page_of(rows, size, lambda row: (row.due_at, row.id))
    who, language = cards(row.member_id for row in page.items), i18n.language()
    return Page(
        [
            Line(
                who[row.member_id], f"{row.Trial.text('title', language)} · {lottery.label(row.id)}", _value(row), row.due_at,
                link=("trial_desk.reports", {"id": row.trial_id, "all": 1}),
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


def _value(row: Any) -> Sentence:
    if row.reported_at is None:
        return _("never came") if row.state == Part.DEFAULTED else _("awaited, late")
    return _("in time") if row.on_time else _("late")


def register() -> None:
    """Called once by the package."""
    add_figure(in_time)
    add_listing(LIST, Listing(_("Reports of product trials"), _("Test report"), lines))


def mean_mark(*criteria: ColumnElement[bool]) -> Select[Any]:
    """The mean mark of the reports of these criteria, for whoever shows it: nobody who decides about texts reads a mark."""
    return select(func.avg(TrialReport.rating)).where(*criteria)
