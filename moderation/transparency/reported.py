"""What members reported, and what became of it: texts, profiles, private messages (article 15, paragraph 1, point b)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from accounts.messages.models import MessageReport
from accounts.messages.rules import Outcome as MessageOutcome
from accounts.messages.rules import ReportReason
from common.db import db
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason, Outcome
from moderation.profile_reports.models import ProfileReport
from moderation.profile_reports.rules import ProfileOutcome, ProfileReason
from moderation.transparency.periods import median_hours, within
from moderation.transparency.rules import Period, Row

_SORTS: tuple[tuple[str, Any, Iterable[StrEnum], StrEnum], ...] = (
    ("Reports of members", Flag, FlagReason, Outcome.AGREED),
    ("Reports of profiles", ProfileReport, ProfileReason, ProfileOutcome.TAKEN),
    ("Reports of private messages", MessageReport, ReportReason, MessageOutcome.REMOVED),
)
"""What they are called, where they stand, why one reports, and the outcome that is a measure."""

MOST = 200_000


def rows(period: Period) -> Iterator[Row]:
    """Reports by reason with those that led to a measure, and the median time until they were decided."""
    waits: list[float] = []
    for name, table, reasons, followed in _SORTS:
        counted = select(table.reason, func.count(), func.count().filter(table.outcome == followed))
        found = {
            row[0]: row[1:]
            for row in db.session.execute(
                counted.where(*within(period, table.created_at)).group_by(table.reason)
            )
        }
        for reason in reasons:
            sent, led = found.get(reason, (0, 0))
            yield Row("15(1)(b)", name, reason.value, sent)
            yield Row("15(1)(b)", f"{name} that led to a measure", reason.value, led)
        times = select(table.created_at, table.decided_at).where(
            *within(period, table.created_at), table.decided_at.is_not(None)
        )
        waits += [
            (row.decided_at - row.created_at).total_seconds() for row in db.session.execute(times.limit(MOST))
        ]
    yield Row("15(1)(b)", "Median time until a report was decided (hours)", "total", median_hours(waits))
