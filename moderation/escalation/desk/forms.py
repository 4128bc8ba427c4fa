"""What the desk's forms send, read into what the verbs take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from common import clock, i18n, settings
from common.errors import Invalid
from common.i18n import Sentence, _
from moderation.escalation import policies
from moderation.escalation.calendar_rules import DAYS
from moderation.escalation.rules import HandBackReason, Priority

DAY_NAMES: dict[str, Sentence] = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"), "fri": _("Friday"),
    "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip


def number(value: str | None) -> int:
    """A whole number of a form; 0 when there is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else 0


def hand_back_reason(value: str | None) -> HandBackReason:
    """A reason to hand back. Raises Invalid."""
    try:
        return HandBackReason(value or "")
    except ValueError:
        raise Invalid(fields={"reason": _("Choose a reason.")}) from None


def priority(value: str | None) -> Priority:
    """A priority. Raises Invalid."""
    try:
        return Priority(value or "")
    except ValueError:
        raise Invalid(fields={"priority": _("Choose a priority.")}) from None


def hours_now() -> dict[str, str]:
    """The working hours in force, as the form shows them."""
    week, exceptions = (
        settings.get("escalation.calendar_week"),
        settings.get("escalation.calendar_exceptions"),
    )
    return {
        **{f"week_{day}": week.get(day, "") for day in DAYS},
        "zone": settings.get("escalation.calendar_zone"),
        "holidays": settings.get("escalation.calendar_holidays"),
        "exceptions": "\n".join(
            f"{day} {text if text not in ('', 'closed') else _('closed')}"
            for day, text in sorted(exceptions.items())
        ),
        "reason": "",
    }


def hours_typed(form: Mapping[str, str]) -> dict[str, str]:
    """The same as somebody typed it."""
    return {name: form.get(name, "").strip() for name in hours_now()}


def hours_draft(typed: Mapping[str, str]) -> dict[str, Any]:
    """What the verb takes. Lines of exceptions read ``2026-12-24 08:00-16:00``."""
    exceptions: dict[str, str] = {}
    for line in typed["exceptions"].splitlines():
        day, _blank, text = line.strip().partition(" ")
        if day:
            exceptions[day] = "closed" if text.strip().lower() in ("", str(_("closed"))) else text.strip()
    return {
        "zone": typed["zone"],
        "week": {day: typed[f"week_{day}"] for day in DAYS},
        "exceptions": exceptions,
        "holidays_of": "FR" if typed["holidays"] == "FR" else "none",
        "reason": typed["reason"],
    }


def coming_days(count: int = 14) -> list[tuple[str, str]]:
    """The next days with their opening hours as the calendar in force reads them, for checking by eye."""
    calendar = policies.current().calendar
    today = i18n.local(clock.now())
    shown = []
    for step in range(count):
        day = today + timedelta(days=step)
        openings = calendar.openings(day.date())
        hours = [f"{low // 60:02d}:{low % 60:02d}–{high // 60:02d}:{high % 60:02d}" for low, high in openings]
        name = str(_("%(weekday)s, %(date)s", weekday=DAY_NAMES[DAYS[day.weekday()]], date=i18n.day(day)))
        holiday = str(_(" (public holiday)")) if calendar.is_holiday(day.date()) else ""
        shown.append((name + holiday, ", ".join(hours) or str(_("closed"))))
    return shown
