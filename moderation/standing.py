"""What ranks measure of the desk: reports that were reviewed, how many were right, measures in force (domain/rewards.md §A2.1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from common import clock
from common.db import db
from moderation.flags.flagging import standings
from moderation.sanctions.models import Sanction
from moderation.sanctions.rules import SanctionState

REMEMBERED = timedelta(days=90)
"""A measure counts for so long after it began (§A2.2, R4: none in 90 days), and as long as it lasts."""
LASTING = timedelta(days=180)
"""A strike counts for so long (domain/moderation.md §B4)."""


def measure(member_ids: list[int]) -> dict[int, dict[str, float]]:
    """Metrics of these members. Three queries, however many they are."""
    strikes = _strikes(member_ids)
    found: dict[int, dict[str, float]] = {}
    for member_id, past in standings(member_ids).items():
        reviewed = past.agreed + past.disagreed
        found[member_id] = {
            "flags_reviewed": reviewed,
            "flag_accuracy": past.agreed / reviewed if reviewed else 0,
            "strikes_active": strikes.get(member_id, 0),
        }
    return found


def _strikes(member_ids: list[int]) -> dict[int, int]:
    s, now = Sanction, clock.now()
    recent = or_(s.ends_at > now, s.begins_at > now - REMEMBERED)
    rows = db.session.execute(
        select(s.member_id, func.count())
        .where(s.member_id.in_(member_ids), s.state == SanctionState.ACTIVE, recent)
        .group_by(s.member_id)
    )
    return dict(rows.tuples().all())


def counting_until(member_ids: Collection[int]) -> dict[int, datetime]:
    """Until when the latest silence or suspension of these members counts as a strike of three points or more: 180 days
    from its beginning, or its own end (domain/moderation.md §B4). One query."""
    s, now = Sanction, clock.now()
    rows = db.session.execute(
        select(s.member_id, func.max(s.begins_at), func.max(s.ends_at))
        .where(
            s.member_id.in_(list(member_ids)), s.state == SanctionState.ACTIVE, s.begins_at > now - LASTING
        )
        .group_by(s.member_id)
    )
    return {member_id: max(begun + LASTING, ends) for member_id, begun, ends in rows}
