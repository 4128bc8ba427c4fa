"""Guides published in a period, and how often they were read so far: a reader of one may need no contact with the team either
(domain/escalation.md §C6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from common.db import db
from forum.content.guides.models import Guide
from forum.content.guides.rules import GuideState
from moderation.dashboard.reading import Dates, Period, Scope, bar_of

_c = Guide.__table__.c


def published(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the guides published in a period that everybody can read today."""
    made = [] if scope.category_id is None else [_c.category_id == scope.category_id]
    made += [] if scope.language is None else [_c.language == scope.language]
    return query.select_from(Guide.__table__).where(
        _c.state == GuideState.PUBLISHED, _c.published_at >= dates.since, _c.published_at < dates.until, *made
    )  # fmt: skip


def count(found: Period, scope: Scope, dates: Dates) -> None:
    """Add to a period, and to its bars, how many there are and their views. One statement."""
    bar = bar_of(_c.published_at, dates.span).label("bar")
    numbers = select(bar, func.count(), func.coalesce(func.sum(_c.view_count), 0))
    for place, guides, views in db.session.execute(published(numbers, scope, dates).group_by("bar")):
        for sums in (found.sums, found.steps[min(place, len(found.steps) - 1)]):
            sums.counts["guides"] = sums["guides"] + guides
            sums.counts["guide-views"] = sums["guide-views"] + int(views)
