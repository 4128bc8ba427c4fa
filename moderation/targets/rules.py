"""Which policy a question falls under, and the targets it comes with. Pure.

Source: domain/escalation.md §C1.5. First replies keep the table of §C1.2; the other minutes, which the rules leave open,
follow from it: news as often as a reply was promised, a solution within eight times of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from moderation.escalation.rules import DEFAULT_TIMERS, PRIORITIES, Priority
from moderation.escalation.sla_rules import Metric, Waits


class Mode(StrEnum):
    """Whether a policy wants all of its conditions, or any."""

    ALL = "all"
    ANY = "any"


class Field(StrEnum):
    """What a condition looks at."""

    CATEGORY = "category"
    PRODUCT = "product"
    PRIORITY = "priority"
    LANGUAGE = "language"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Asked:
    """What conditions look at, as texts: ids, keys, numbers."""

    values: Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions: for each field the values it may have. None: every question."""

    mode: Mode = Mode.ALL
    wanted: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)

    def matches(self, asked: Asked) -> bool:
        """Whether a question falls under it."""
        found = [asked.values.get(name, "") in values for name, values in self.wanted.items() if values]
        if not found:
            return True
        return all(found) if self.mode is Mode.ALL else any(found)

    @property
    def is_open(self) -> bool:
        """Whether it takes every question."""
        return not any(self.wanted.values())


@dataclass(frozen=True, slots=True)
class Goal:
    """One metric of a policy: minutes per priority, whose calendar (None: the team's of the category), when it warns,
    what it rests for."""

    minutes: Mapping[Priority, int]
    calendar_id: int | None = None
    warn_percent: int = 75
    rests_for: tuple[Waits, ...] = ()


RESTS: Mapping[Metric, tuple[Waits, ...]] = {
    Metric.FIRST_REPLY_ANY: (Waits.NEEDS_INFO, Waits.LINKED),
    Metric.FIRST_REPLY_STAFF: (Waits.NEEDS_INFO, Waits.LINKED),
    Metric.NEXT_REPLY: (),
    Metric.PERIODIC_UPDATE: (Waits.NEEDS_INFO,),
    Metric.RESOLUTION: (Waits.NEEDS_INFO, Waits.LINKED),
}
"""`first_reply_staff` rests while linked as well: its case is over then, and must not be missed meanwhile."""

_TIMES = {
    Metric.FIRST_REPLY_ANY: 1, Metric.FIRST_REPLY_STAFF: 1, Metric.NEXT_REPLY: 1, Metric.PERIODIC_UPDATE: 1,
    Metric.RESOLUTION: 8,
}  # fmt: skip


def usual_goals(targets: Mapping[Priority, int] | None = None, warn_percent: int = 75) -> dict[Metric, Goal]:
    """The goals of the policy everything falls back to, from the minutes of a first reply."""
    first = targets or {priority: DEFAULT_TIMERS[priority].target for priority in PRIORITIES}
    return {
        metric: Goal({p: first[p] * times for p in PRIORITIES}, None, warn_percent, RESTS[metric])
        for metric, times in _TIMES.items()
    }


def first_match(filters: Sequence[tuple[int, Filter]], asked: Asked) -> int | None:
    """The first policy whose conditions a question meets."""
    return next((policy_id for policy_id, one in filters if one.matches(asked)), None)


def read_filter(content: Mapping[str, object]) -> Filter:
    """A filter as it is stored; what is not known any more is passed over."""
    wanted = content.get("wanted")
    known = wanted.items() if isinstance(wanted, Mapping) else ()
    mode = Mode.ANY if content.get("mode") == Mode.ANY else Mode.ALL
    return Filter(mode, {Field(k): tuple(map(str, v)) for k, v in known if k in set(Field)})


def stored(one: Filter) -> dict[str, object]:
    """A filter as it is stored."""
    return {"mode": one.mode.value, "wanted": {k.value: list(v) for k, v in one.wanted.items() if v}}
