"""Whether the same few are asked again and again: looked at once a day, told once a week (domain/escalation.md §C5)."""

from __future__ import annotations

from datetime import timedelta

from accounts.notifications.telling import tell
from common import clock, settings
from common.unit_of_work import unit_of_work
from moderation.escalation.casework import lead_ids
from moderation.experts.asking import queries
from moderation.experts.asking.courtesy_rules import top_share

FEW = 50
"""With fewer invitations than this in 90 days, a share says nothing."""


def look() -> bool:
    """Tell managers when the most asked 1 % of the willing get too much. True when it is too much."""
    counts = queries.counts_since(clock.now() - timedelta(days=queries.SPREAD_DAYS))
    percent = round(100 * top_share(counts, queries.willing_count()))
    if sum(counts.values()) < FEW or percent <= settings.get("experts.alarm_percent"):
        return False
    year, week, _day = clock.now().isocalendar()
    with unit_of_work():
        for member_id in lead_ids():
            tell(member_id, "experts-spread", f"experts-spread:{year}-{week}", percent=percent)
    return True
