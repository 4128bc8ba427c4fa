"""Figures of teams, and of the people in them: items, pace, how often others agreed, how often it was overturned.

``items``: decisions in the period that were not undone. ``pace``: mean seconds in hand. ``checked`` and ``agreed``: second
readings of these decisions by super-users. ``contested`` and ``overturned``: restrictions of the period that were ended by
an appeal, of all that were contested. A decision counts for the team its maker worked in when it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select

from common import clock
from common.db import db
from moderation.delegation.models import AgencySeat
from moderation.looks.models import LookCase
from moderation.looks.rules import Opinion
from moderation.review.models import DecisionUndo, ReviewDecision
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import AppealState

DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """What somebody, or a team, did in the period."""

    items: int = 0
    seconds: int | None = None
    contested: int = 0
    overturned: int = 0
    restrictions: int = 0
    checked: int = 0
    agreed: int = 0

    @property
    def share_agreed(self) -> float | None:
        """Percent of the second readings that agreed; None without any."""
        return 100 * self.agreed / self.checked if self.checked else None

    @property
    def share_overturned(self) -> float | None:
        """Percent of the restrictions that an appeal ended; None without any."""
        return 100 * self.overturned / self.restrictions if self.restrictions else None


def total(parts: Iterable[Figures]) -> Figures:
    """Several together; the pace is weighed by the items."""
    found = list(parts)
    timed = [(one.seconds, one.items) for one in found if one.seconds is not None]
    items = sum(count for _seconds, count in timed)
    return Figures(
        sum(one.items for one in found),
        round(sum(seconds * count for seconds, count in timed) / items) if items else None,
        sum(one.contested for one in found), sum(one.overturned for one in found), sum(one.restrictions for one in found),
        sum(one.checked for one in found), sum(one.agreed for one in found),
    )  # fmt: skip


def by_agency() -> dict[int, Figures]:
    """Every team. One statement."""
    return _figures(AgencySeat.agency_id)


def by_person(agency_id: int) -> dict[int, Figures]:
    """The people of one team, those who left included. One statement."""
    return _figures(AgencySeat.member_id, AgencySeat.agency_id == agency_id)


def _figures(column: Any, *criteria: Any) -> dict[int, Figures]:
    made, seat = ReviewDecision, AgencySeat
    then = and_(
        seat.member_id == made.actor_id, seat.began_at <= made.decided_at,
        seat.ended_at.is_(None) | (seat.ended_at >= made.decided_at),
    )  # fmt: skip
    undone = select(DecisionUndo.id).where(DecisionUndo.decision_id == made.id).exists()
    owed = select(Statement.id).where(Statement.decision_id == made.id)
    appealed = owed.join(Appeal, Appeal.statement_id == Statement.id)
    read_again = select(LookCase.id).where(LookCase.decision_id == made.id, LookCase.outcome.is_not(None))

    def of_them(such: Select[Any]) -> Any:
        return func.count().filter(such.exists())  # once each, however often one was contested or read again

    rows = db.session.execute(
        select(
            column, func.count(), func.avg(made.seconds), of_them(appealed),
            of_them(appealed.where(Appeal.state == AppealState.OVERTURNED)), of_them(owed), of_them(read_again),
            of_them(read_again.where(LookCase.outcome == Opinion.FINE)),
        )
        .select_from(made)
        .join(seat, then)
        .where(made.decided_at >= clock.now() - timedelta(days=DAYS), ~undone, *criteria)
        .group_by(column)
    )  # fmt: skip
    return {
        key: Figures(items, round(float(seconds)) if seconds is not None else None, *counts)
        for key, items, seconds, *counts in rows
    }
