"""The terms cycles run under: timers from the settings, targets and calendars, kept as a snapshot (see ``targets``).

A change of the settings applies to new cycles only (domain/escalation.md §C1.5): what was promised stays promised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from common import settings
from common.db import db, insert_once
from common.i18n import _
from moderation.calendars import contents
from moderation.calendars.rules import Calendar
from moderation.escalation.models import SlaTerms
from moderation.escalation.rules import DEFAULT_TIMERS, PRIORITIES, Priority, Timers
from moderation.escalation.sla_rules import FIRST_REPLIES, Metric, Promise, Waits

settings.define(
    "escalation.overdue_percent",
    150,
    unit="%",
    low=101,
    high=1000,
    help=_("Part of the reply target after which the manager is told again."),
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
    168,
    unit=_("hours"),
    low=1,
    high=1000,
    help=_("Time after which an asker who was asked for details is reminded."),
)
settings.define(
    "escalation.forget_asker_days",
    14,
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
}
TIMER_SETTINGS = tuple(f"escalation.{p}_{name}" for p in PRIORITIES for name in _TIMER_HELP)
"""Keys of the settings that make up the ladder's timers."""
LADDER_SETTINGS = (
    *TIMER_SETTINGS, "escalation.overdue_percent", "escalation.oldest_days", "escalation.products_without_team",
    "escalation.score_base", "escalation.repeat_days", "escalation.urgency_weights",
    "escalation.agent_cap", "escalation.agent_urgent_cap",
)  # fmt: skip
"""Keys of all settings that decide what the ladder does with a question."""
for _priority, _timers in DEFAULT_TIMERS.items():
    for _name, _help in _TIMER_HELP.items():
        settings.define(
            f"escalation.{_priority}_{_name}", getattr(_timers, _name), unit=_("minutes"), low=1, high=100_000, help=_help
        )  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Terms as they were when a cycle began. Equal contents are the same object. ``promises`` is empty where they were kept
    before there were targets: then a first reply, by anybody and by the team, was all that was promised."""

    digest: str
    timers: Mapping[Priority, Timers]
    calendar: Calendar
    promises: Mapping[Metric, Promise]

    def timers_of(self, priority: Priority, factor: float = 1.0) -> Timers:
        """The timers of a priority, in a category with this factor."""
        timers = self.timers[priority]
        return timers if factor == 1.0 else timers.times(factor)

    def promise(self, metric: Metric, factor: float = 1.0) -> Promise | None:
        """What is promised, in a category with this factor; None where nothing is."""
        if not self.promises and metric in FIRST_REPLIES:
            minutes = {priority: self.timers_of(priority, factor).target for priority in PRIORITIES}
            return Promise(minutes, self.calendar, self.timers[Priority.NORMAL].warn_percent)
        found = self.promises.get(metric)
        if found is None or factor == 1.0:
            return found
        return replace(found, minutes={p: max(1, round(n * factor)) for p, n in found.minutes.items()})


def timers(
    targets: Mapping[Priority, int], warn_percent: int, read: Callable[[str], Any] = settings.get
) -> dict[str, list[int]]:
    """The ladder's timers in force, with the minutes within which a first reply is promised."""
    overdue = read("escalation.overdue_percent")
    return {
        p.value: [*(read(f"escalation.{p}_{name}") for name in _TIMER_HELP), targets[p], warn_percent, overdue]
        for p in PRIORITIES
    }  # fmt: skip


def keep(terms: dict[str, Any]) -> int:
    """The id of kept terms; written the first time they are used."""
    digest = hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()[:40]
    insert_once(SlaTerms, digest=digest, content=json.loads(json.dumps(terms)))
    return db.session.scalar(db.select(SlaTerms.id).where(SlaTerms.digest == digest))


_read: dict[str, Policy] = {}
MOST_READ = 256


def policy_of(kept: SlaTerms) -> Policy:
    """Kept terms, to count with; they never change, so each is read once."""
    found = _read.get(kept.digest)
    if found is None:
        if len(_read) >= MOST_READ:
            _read.clear()
        found = _read[kept.digest] = as_policy(kept.digest, kept.content)
    return found


def as_policy(digest: str, read: Mapping[str, Any]) -> Policy:
    """Terms as a value to count with."""
    timers = {Priority(key): Timers(*numbers) for key, numbers in read["timers"].items()}
    promises = {Metric(key): _promise(one) for key, one in read.get("targets", {}).items()}
    return Policy(digest, timers, contents.to_count_with(read["calendar"]), promises)


def _promise(one: Mapping[str, Any]) -> Promise:
    minutes = {Priority(key): count for key, count in one["minutes"].items()}
    rests = tuple(Waits(name) for name in one["rests_for"])
    return Promise(minutes, contents.to_count_with(one["calendar"]), one["warn"], rests)
