"""The terms in force: calendar and timers from the settings, kept as a snapshot for every cycle that starts under them.

A change of the settings applies to new cycles only (domain/escalation.md §C1.5): what was promised stays promised.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import holidays

from common import settings
from common.db import db, insert_once
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.escalation.calendar_rules import BadCalendar, Calendar, no_holidays, read_calendar
from moderation.escalation.models import SlaPolicy
from moderation.escalation.permissions import can_change_calendar
from moderation.escalation.rules import DEFAULT_TIMERS, PRIORITIES, Priority, Timers
from moderation.escalation.sla_rules import Metric, Promise

log = logging.getLogger("fourmi.escalation")

DEFAULT_ZONE = "Europe/Paris"
DEFAULT_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-20:00") | {
    "sat": "09:00-18:00",
    "sun": "",
}

settings.define("escalation.calendar_zone", DEFAULT_ZONE, help=_("Time zone of the team’s working hours."))
settings.define(
    "escalation.calendar_week", DEFAULT_WEEK,
    help=_("Working hours of the team for each day of the week; an empty day is closed."),
)  # fmt: skip
settings.define(
    "escalation.calendar_exceptions", {},
    help=_("Days with other working hours than usual, by date; “closed” closes the day, hours open a public holiday."),
)  # fmt: skip
settings.define(
    "escalation.calendar_holidays", "FR", choices=("FR", "none"),
    help=_("Country whose public holidays close the team’s calendar."),
)  # fmt: skip
settings.define(
    "escalation.warn_percent",
    75,
    unit="%",
    low=1,
    high=100,
    help=_("Part of the reply target after which the team is warned."),
)
settings.define(
    "escalation.overdue_percent",
    150,
    unit="%",
    low=101,
    high=1000,
    help=_("Part of the reply target after which the manager is told again."),
)
settings.define(
    "escalation.category_factors",
    {},
    help=_("Factor on all timers of a category, by its key: 0.5 is twice as fast, 3 three times slower."),
)
settings.define(
    "escalation.categories_without_team",
    ["lounge"],
    help=_("Keys of the categories that are never passed to the team."),
)
settings.define(
    "escalation.agent_cap",
    12,
    unit=_("cases"),
    low=1,
    high=1000,
    help=_("Most open cases one agent has at a time."),
)
settings.define(
    "escalation.agent_urgent_cap",
    4,
    unit=_("cases"),
    low=1,
    high=1000,
    help=_("Most urgent open cases one agent has at a time."),
)
settings.define(
    "escalation.remind_asker_hours",
    24,
    unit=_("hours"),
    low=1,
    high=1000,
    help=_("Time after which an asker who was asked for details is reminded."),
)
settings.define(
    "escalation.forget_asker_days",
    7,
    unit=_("days"),
    low=1,
    high=365,
    help=_("Time after which a case whose asker does not answer is resolved."),
)
settings.define(
    "escalation.settle_days",
    14,
    unit=_("days"),
    low=1,
    high=365,
    help=_("Time after which an answered case counts as resolved when the asker says nothing."),
)
settings.define(
    "escalation.close_days",
    30,
    unit=_("days"),
    low=1,
    high=365,
    help=_("Time after which a resolved case is closed for good."),
)

_TIMER_HELP = {
    "visible": _("Minutes until a question stands first among the unanswered ones (day and night)."),
    "super_users": _("Minutes until the most experienced members of the category are told (day and night)."),
    "staff": _("Working minutes until a question reaches the team."),
    "assign": _("Working minutes from there until an agent is named."),
    "target": _("Working minutes within which a first reply is promised."),
}
for _priority, _timers in DEFAULT_TIMERS.items():
    for _name, _help in _TIMER_HELP.items():
        settings.define(
            f"escalation.{_priority}_{_name}", getattr(_timers, _name), unit=_("minutes"), low=1, high=100_000, help=_help
        )  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Terms as they were when a cycle began. Equal contents are the same object."""

    digest: str
    timers: Mapping[Priority, Timers]
    calendar: Calendar

    def timers_of(self, priority: Priority, factor: float = 1.0) -> Timers:
        """The timers of a priority, in a category with this factor."""
        timers = self.timers[priority]
        return timers if factor == 1.0 else timers.times(factor)

    def promise(self, metric: Metric, factor: float = 1.0) -> Promise:
        """The promised first reply, by anybody or by the team: one moment for both (§C1.2, E6)."""
        minutes = {priority: self.timers_of(priority, factor).target for priority in PRIORITIES}
        return Promise(minutes, self.calendar, self.timers[Priority.NORMAL].warn_percent)


@lru_cache(maxsize=8)
def french_holidays(year: int) -> frozenset[date]:
    """The public holidays of metropolitan France, those that depend on Easter computed."""
    return frozenset(holidays.France(years=year))


HOLIDAYS: dict[str, Callable[[int], Iterable[date]]] = {"FR": french_holidays, "none": no_holidays}


def terms() -> dict[str, Any]:
    """The settings in force as one value that can be kept. A calendar that cannot be read counts as the default."""
    calendar = {
        "zone": settings.get("escalation.calendar_zone"),
        "week": settings.get("escalation.calendar_week"),
        "exceptions": settings.get("escalation.calendar_exceptions"),
        "holidays": settings.get("escalation.calendar_holidays"),
    }
    try:
        _calendar(calendar)
    except BadCalendar as error:
        log.error("the staff calendar cannot be read (%s): the default one counts", error)
        calendar = {"zone": DEFAULT_ZONE, "week": DEFAULT_WEEK, "exceptions": {}, "holidays": "FR"}
    percents = [settings.get("escalation.warn_percent"), settings.get("escalation.overdue_percent")]
    numbers = {
        p.value: [*(settings.get(f"escalation.{p}_{name}") for name in _TIMER_HELP), *percents]
        for p in PRIORITIES
    }
    return {"calendar": calendar, "timers": numbers}


def current() -> Policy:
    """The policy new cycles start under."""
    return _policy(json.dumps(terms(), sort_keys=True))


def keep_current() -> int:
    """The id of the kept snapshot of the terms in force; written the first time they are used."""
    policy = current()
    content = json.loads(json.dumps(terms()))
    insert_once(SlaPolicy, digest=policy.digest, content=content)
    return db.session.scalar(db.select(SlaPolicy.id).where(SlaPolicy.digest == policy.digest))


def policy_of(kept: SlaPolicy) -> Policy:
    """A kept snapshot as terms to count with."""
    return _policy(json.dumps(kept.content, sort_keys=True))


@lru_cache(maxsize=64)
def _policy(content: str) -> Policy:
    read = json.loads(content)
    timers = {Priority(key): Timers(*numbers) for key, numbers in read["timers"].items()}
    digest = hashlib.sha256(content.encode()).hexdigest()[:40]
    return Policy(digest, timers, _calendar(read["calendar"]))


def _calendar(content: Mapping[str, Any]) -> Calendar:
    try:
        week, exceptions = dict(content["week"]), dict(content["exceptions"])
        texts = [*week.values(), *exceptions.values(), content["zone"]]
        if not all(isinstance(text, str) for text in texts):
            raise BadCalendar("hours are written as text")
        return read_calendar(content["zone"], week, exceptions, HOLIDAYS[content["holidays"]])
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, BadCalendar) else BadCalendar(str(error)) from error


def factor_of(category_key: str) -> float:
    """How much slower (above 1) or faster a category's ladder is; 1 where the setting says nothing usable."""
    factor = settings.get("escalation.category_factors").get(category_key, 1.0)
    return float(factor) if isinstance(factor, int | float) and 0.01 <= factor <= 100 else 1.0


def reaches_team(category_key: str) -> bool:
    """Whether unanswered questions of a category are passed to the team."""
    return category_key not in settings.get("escalation.categories_without_team")


def change_calendar(
    actor: Actor,
    *,
    zone: str,
    week: Mapping[str, str],
    exceptions: Mapping[str, str],
    holidays_of: str,
    reason: str,
) -> None:
    """Change the team's working hours; each setting that differs is audited. New cycles count by it.

    Raises Invalid with a sentence per field: ``week_mon`` … , ``exceptions``, ``zone``, ``reason``.
    """
    require(can_change_calendar(actor))
    _check_fields(zone, week, exceptions)
    wanted = {
        "escalation.calendar_zone": zone,
        "escalation.calendar_week": dict(week),
        "escalation.calendar_exceptions": dict(exceptions),
        "escalation.calendar_holidays": holidays_of,
    }
    with unit_of_work():
        for key, value in wanted.items():
            if settings.get(key) != value:
                settings.change(actor, key, value, reason)


def _check_fields(zone: str, week: Mapping[str, str], exceptions: Mapping[str, str]) -> None:
    faults: dict[str, Any] = {}
    always = {"sun": "00:00-24:00"}
    try:
        read_calendar(zone, always)
    except BadCalendar:
        faults["zone"] = _("This time zone is not known. Write it as Europe/Paris.")
    for day, text in week.items():
        try:
            read_calendar(
                "UTC", {**always, day: text} if day != "sun" else {"sun": text, "mon": "00:00-24:00"}
            )
        except BadCalendar:
            faults[f"week_{day}"] = _("Write hours as 08:00-12:00, 13:00-20:00, or leave the day empty.")
    try:
        read_calendar("UTC", always, exceptions)
    except BadCalendar:
        faults["exceptions"] = _("Write one day a line: 2026-12-24 08:00-16:00, or 2026-12-26 closed.")
    if not faults and not any(text.strip() for text in week.values()):
        faults["week_mon"] = _("A calendar needs at least one working day.")
    if faults:
        raise Invalid(fields=faults)
