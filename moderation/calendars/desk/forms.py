"""What the forms of calendars send, read into drafts; texts that cannot be read come back as they were typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from accounts.notifications.rules import is_zone
from common import clock
from common.errors import Invalid
from common.i18n import Sentence, _
from moderation.calendars.keeping import SPECIAL_DAY, Draft, check
from moderation.calendars.models import DEFAULT_WEEK, DEFAULT_ZONE
from moderation.calendars.reading import read_special_day
from moderation.calendars.rules import DAYS, BadCalendar

DAY_NAMES: dict[str, Sentence] = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"), "fri": _("Friday"),
    "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip
FIELDS = ("name", "zone", *(f"week_{day}" for day in DAYS), "holidays", "days", "reason", "asked_at")
NEW = Draft("", DEFAULT_ZONE, DEFAULT_WEEK, "FR", {})


def shown(draft: Draft) -> dict[str, str]:
    """A calendar as the form shows it."""
    lines = [
        " ".join(part for part in (day, str(_("closed")) if hours == "closed" else hours, name) if part)
        for day, (hours, name) in sorted(draft.days.items())
    ]
    return {
        "name": draft.name, "zone": draft.zone, **{f"week_{day}": draft.week.get(day, "") for day in DAYS},
        "holidays": draft.holidays, "days": "\n".join(lines), "reason": "", "asked_at": "",
    }  # fmt: skip


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The same as somebody typed it."""
    return {name: form.get(name, "").strip() for name in FIELDS}


def draft(typed: Mapping[str, str]) -> Draft:
    """What the verb takes. Raises Invalid where a line of special days cannot be read, with all that is wrong beside."""
    days: dict[str, tuple[str, str]] = {}
    fault = None
    for line in filter(None, map(str.strip, typed["days"].splitlines())):
        try:
            day, hours, name = read_special_day(line)
        except BadCalendar:
            fault = fault or line
            continue
        days[day] = (hours, name)
    made = Draft(
        typed["name"], typed["zone"], {day: typed[f"week_{day}"] for day in DAYS}, typed["holidays"], days
    )
    if fault is not None:
        try:
            check(made)
        except Invalid as invalid:
            raise Invalid(fields={**invalid.fields, "days": SPECIAL_DAY}) from None
        raise Invalid(fields={"days": SPECIAL_DAY})
    return made


def asked_at(typed: Mapping[str, str]) -> datetime:
    """The moment the preview starts from, in the calendar's own zone; now where none is given."""
    try:
        moment = datetime.fromisoformat(typed["asked_at"])
        zone = ZoneInfo(typed["zone"]) if is_zone(typed["zone"]) else UTC
        return moment.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return clock.now()


def number(value: str | None) -> int:
    """A whole number of a form; 0 when there is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else 0
