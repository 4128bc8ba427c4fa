"""The terms in force: calendar and timers from the settings, kept as a snapshot for every cycle that starts under them.

A change of the settings applies to new cycles only (domain/escalation.md §C1.5): what was promised stays promised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from common import settings
from common.db import db, insert_once
from common.i18n import _
from moderation.calendars import contents, keeping
from moderation.calendars.rules import Calendar
from moderation.escalation.models import SlaPolicy
from moderation.escalation.rules import DEFAULT_TIMERS, PRIORITIES, Priority, Timers
from moderation.escalation.sla_rules import Metric, Promise

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


def terms() -> dict[str, Any]:
    """Calendar and settings in force as one value that can be kept."""
    calendar = keeping.content_of(None)
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
    return Policy(digest, timers, contents.to_count_with(read["calendar"]))


def factor_of(category_key: str) -> float:
    """How much slower (above 1) or faster a category's ladder is; 1 where the setting says nothing usable."""
    factor = settings.get("escalation.category_factors").get(category_key, 1.0)
    return float(factor) if isinstance(factor, int | float) and 0.01 <= factor <= 100 else 1.0


def reaches_team(category_key: str) -> bool:
    """Whether unanswered questions of a category are passed to the team."""
    return category_key not in settings.get("escalation.categories_without_team")
