"""Who was planned when: the plan of a time that is over, as it stood at each of its moments.

A half-day keeps who looks after it; who was taken off one stands in the audit. What of the audit was shortened is not known:
then the plan counts as it stands.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from common import settings
from common.audit import AuditEntry
from common.db import db
from common.i18n import local
from moderation.duty.models import DutyShift
from moderation.duty.rules import Half, Shift, shift_at


class Change(NamedTuple):
    """Somebody came to a half-day of a category, or was taken off it."""

    at: datetime
    is_on: bool


class Plan:
    """Who is planned for a category at a moment."""

    def __init__(self, noon: int, changes: Iterable[tuple[tuple[Shift, int, int], Change]]) -> None:
        self._noon = noon
        self._cells: dict[tuple[Shift, int], dict[int, list[Change]]] = {}
        self._moments: list[datetime] = []
        for (shift, category_id, member_id), change in changes:
            self._moments.append(change.at)
            self._cells.setdefault((shift, category_id), {}).setdefault(member_id, []).append(change)
        for people in self._cells.values():
            for known in people.values():
                known.sort()
        self._moments.sort()

    def at(self, moment: datetime, category_id: int) -> set[int]:
        """Who of all is planned. Whoever was taken off without having been put on had always been there."""
        people = self._cells.get((shift_at(local(moment), self._noon), category_id), {})
        return {one for one, known in people.items() if _stands(known, moment)}

    def changes_after(self, moment: datetime) -> datetime | None:
        """When somebody is put on or taken off next."""
        place = bisect_right(self._moments, moment)
        return self._moments[place] if place < len(self._moments) else None


def _stands(known: list[Change], moment: datetime) -> bool:
    before = [one for one in known if one.at <= moment]
    return before[-1].is_on if before else not known[0].is_on


def plan(since: datetime, until: datetime) -> Plan:
    """The plan of a time. Two statements."""
    first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
    rows = db.session.scalars(select(DutyShift).where(DutyShift.day.between(first, last)))
    known = [
        ((Shift(row.day, row.half), row.category_id, row.member_id), Change(row.planned_at, True))
        for row in rows
    ]
    return Plan(settings.get("moderation.duty_noon"), [*known, *_changed(first, last)])


def _changed(first: date, last: date) -> Iterator[tuple[tuple[Shift, int, int], Change]]:
    acts = select(AuditEntry).where(
        AuditEntry.act.in_(("duty.planned", "duty.freed")), AuditEntry.target_type == "member"
    )
    for row in db.session.scalars(acts):
        for shift, category_id in _cells(row.before or row.after):
            if first <= shift.day <= last and row.target_id.isdigit():
                yield (shift, category_id, int(row.target_id)), Change(row.at, row.act == "duty.planned")


def _cells(written: str | None) -> Iterator[tuple[Shift, int]]:
    kept: Any = json.loads(written or "[]")
    for cell in kept if isinstance(kept, list) else ():
        category_id, day, half = str(cell).split(":")
        yield Shift(date.fromisoformat(day), Half(half)), int(category_id)
