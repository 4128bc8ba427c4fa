"""Calendars are made, changed, filled from a file and retired; each act is audited and counts for new cycles only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from accounts.notifications.listening import unknown_zone
from accounts.notifications.rules import is_zone
from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.calendars import contents, ical
from moderation.calendars.holidays import HOLIDAYS
from moderation.calendars.models import ALWAYS, DEFAULT, DEFAULT_WEEK, DEFAULT_ZONE, WorkCalendar
from moderation.calendars.permissions import can_change_calendars
from moderation.calendars.reading import overlapping, read_calendar, read_openings
from moderation.calendars.rules import DAYS, BadCalendar

NAME_MAX = 80
MOST_DAYS = 1_000
AHEAD = timedelta(days=3 * 366)
"""How far a file is read into the future."""

_in_use: list[Any] = []
"""Who knows whether a calendar is counted with: functions of its id that answer with a sentence, or nothing."""


def ask_before_retiring(knows: Any) -> None:
    """Let somebody else say why a calendar cannot be retired."""
    if knows not in _in_use:
        _in_use.append(knows)


@dataclass(frozen=True, slots=True)
class Draft:
    """A calendar as somebody wants it: texts of hours by day of the week, special days as date → (hours, name)."""

    name: str
    zone: str
    week: Mapping[str, str]
    holidays: str
    days: Mapping[str, tuple[str, str]]

    def as_values(self) -> dict[str, Any]:
        """As the table keeps it."""
        days = {day: list(found) for day, found in sorted(self.days.items())}
        return {**asdict(self), "week": dict(self.week), "days": days}


def ensure() -> WorkCalendar:
    """The calendar everything falls back to; both lasting ones are written where they are missing."""
    found = db.session.scalar(select(WorkCalendar).where(WorkCalendar.key == DEFAULT))
    if found is None:
        day_and_night = dict.fromkeys(DAYS, "00:00-24:00")
        with unit_of_work():
            _insert(DEFAULT, str(_("Team")), DEFAULT_ZONE, DEFAULT_WEEK, "FR")
            _insert(ALWAYS, str(_("Day and night")), "UTC", day_and_night, "none")
        found = db.session.scalars(select(WorkCalendar).where(WorkCalendar.key == DEFAULT)).one()
    return found


def _insert(key: str, name: str, zone: str, week: Mapping[str, str], holidays: str) -> None:
    insert_once(
        WorkCalendar, key=key, name=name, zone=zone, week=dict(week), holidays=holidays, days={}, version=1,
        changed_at=clock.now(),
    )  # fmt: skip


def load(calendar_id: int) -> WorkCalendar:
    """A calendar that is not retired. Raises NotFound."""
    row = db.session.get(WorkCalendar, calendar_id, populate_existing=True)
    if row is None or row.retired_at is not None:
        raise NotFound()
    return row


def draft_of(row: WorkCalendar) -> Draft:
    """A calendar as it stands."""
    days = {day: (found[0], found[1]) for day, found in row.days.items()}
    return Draft(row.name, row.zone, row.week, row.holidays, days)


# --- verbs ----------------------------------------------------------------------------------------------------------


def create(actor: Actor, draft: Draft, reason: str) -> int:
    """Make a calendar. Raises Forbidden, Invalid with a sentence per field."""
    require(can_change_calendars(actor))
    check(draft, reason)
    with unit_of_work():
        written = insert_once(WorkCalendar, **draft.as_values(), changed_at=clock.now())
        if written is None:
            raise Invalid(fields={"name": _("Another calendar has this name.")})
        audit.write(actor, "calendar.create", "calendar", written, after=draft.as_values(), reason=reason)
        return written


def change(actor: Actor, calendar_id: int, seen: int, draft: Draft, reason: str) -> None:
    """Change a calendar as it was seen; what was promised stays promised. Raises Conflict when it changed meanwhile."""
    require(can_change_calendars(actor))
    check(draft, reason)
    with unit_of_work():
        row = load(calendar_id)
        _may_change(row)
        before, wanted = draft_of(row).as_values(), draft.as_values()
        if before == wanted:
            return
        taken = select(WorkCalendar.id).where(WorkCalendar.name == draft.name, WorkCalendar.id != calendar_id)
        if db.session.scalar(taken) is not None:
            raise Invalid(fields={"name": _("Another calendar has this name.")})
        criteria = (WorkCalendar.id == calendar_id, WorkCalendar.version == seen)
        changed = update_where(WorkCalendar, *criteria, **wanted, version=seen + 1, changed_at=clock.now())
        if not changed:
            raise Conflict(
                _("Somebody has changed this calendar meanwhile. Your text is kept: look, then save again.")
            )
        audit.write(actor, "calendar.change", "calendar", calendar_id, before, wanted, reason)


def with_days(calendar_id: int, text: str) -> tuple[ical.Taken, Draft, int]:
    """A calendar with the closed days of a calendar file (from this year on, three years ahead), and its version as seen.
    Days that have other hours here keep them; the same file again adds nothing. Raises Invalid."""
    today = clock.now().date()
    try:
        taken = ical.read_days(text, today.replace(month=1, day=1), today + AHEAD)
    except ical.BadFile as error:
        sentence = _(
            "This file cannot be read as a calendar (iCal). Nothing was changed. %(why)s", why=str(error)
        )
        raise Invalid(fields={"file": sentence}) from error
    row = load(calendar_id)
    _may_change(row)
    days = {day.isoformat(): ("closed", name) for day, name in taken.days.items()}
    draft = draft_of(row)
    return taken, replace(draft, days=days | dict(draft.days)), row.version


def take_in(actor: Actor, calendar_id: int, text: str, reason: str) -> ical.Taken:
    """Add the closed days of a file. Raises Forbidden, Invalid, Conflict."""
    require(can_change_calendars(actor))
    taken, draft, seen = with_days(calendar_id, text)
    change(actor, calendar_id, seen, draft, reason)
    return taken


def retire(actor: Actor, calendar_id: int, reason: str) -> None:
    """Use a calendar no more. One that something counts by stays. Raises Conflict with what it is."""
    require(can_change_calendars(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        row = load(calendar_id)
        if row.key is not None:
            raise Forbidden(_("This calendar is always there."))
        for knows in _in_use:
            if (sentence := knows(calendar_id)) is not None:
                raise Conflict(sentence)
        name = f"{row.name[:60]} ({calendar_id})"
        update_where(WorkCalendar, WorkCalendar.id == calendar_id, retired_at=clock.now(), name=name)
        audit.write(actor, "calendar.retire", "calendar", calendar_id, before=row.name, reason=reason)


def _may_change(row: WorkCalendar) -> None:
    if row.key == ALWAYS:
        raise Forbidden(_("Day and night is always the same."))


# --- what is wrong with a draft -------------------------------------------------------------------------------------


def check(draft: Draft, reason: str = "-") -> None:
    """Raises Invalid with a sentence per field: ``name``, ``zone``, ``week_mon`` …, ``days``, ``reason``."""
    faults: dict[str, Sentence] = {}
    if not 0 < len(draft.name) <= NAME_MAX:
        faults["name"] = _("Give it a name of at most %(high)s characters.", high=NAME_MAX)
    if not is_zone(draft.zone):
        faults["zone"] = unknown_zone(draft.zone)
    if draft.holidays not in HOLIDAYS:
        faults["holidays"] = _("Choose one of the list.")
    faults |= _faults_of_week(draft.week)
    if len(draft.days) > MOST_DAYS:
        faults["days"] = _("At most %(high)s special days.", high=MOST_DAYS)
    if not reason.strip():
        faults["reason"] = _("Say in a few words why.")
    if faults:
        raise Invalid(fields=faults)
    try:
        days = {day: hours for day, (hours, _name) in draft.days.items()}
        read = read_calendar(draft.zone, draft.week, days, HOLIDAYS[draft.holidays])
    except BadCalendar:
        raise Invalid(fields={"days": SPECIAL_DAY}) from None
    if read.stays_shut(clock.now().date()):
        raise Invalid(fields={"days": SHUT_FOR_LONG})


SPECIAL_DAY = _("Write one day a line: 2026-12-24 08:00-16:00 Christmas Eve, or 2026-12-26 closed.")

SHUT_FOR_LONG = _("A calendar cannot stay closed for more than a year. Leave a day open, or change the week.")


def _faults_of_week(week: Mapping[str, str]) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    good = {}
    for day in DAYS:
        try:
            read_openings(week.get(day, ""))
            good[day] = week.get(day, "")
        except BadCalendar:
            faults[f"week_{day}"] = _("Write hours as 08:00-12:00, 13:00-20:00, or leave the day empty.")
    for day in overlapping(good):
        faults[f"week_{day}"] = _(
            "These hours overlap. Write each hour once; a night may end the next morning."
        )
    if not faults and not any(read_openings(text) for text in good.values()):
        faults["week_mon"] = _("A calendar needs at least one working day.")
    return faults


def content_of(calendar_id: int | None) -> contents.Content:
    """What a clock keeps of a calendar; of the one everything falls back to where there is none (any more)."""
    row = db.session.get(WorkCalendar, calendar_id) if calendar_id is not None else None
    return contents.content_of(row if row is not None and row.retired_at is None else ensure())
