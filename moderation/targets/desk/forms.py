"""What the forms of policies and categories send, read into drafts; what was typed and refused comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.errors import Invalid
from common.i18n import Sentence, _
from moderation.escalation.rules import PRIORITIES
from moderation.escalation.sla_rules import Metric, Waits
from moderation.targets.choosing import Manner
from moderation.targets.keeping import Draft
from moderation.targets.rules import Field, Filter, Goal, Mode

METRIC_NAMES: dict[Metric, tuple[Sentence, Sentence]] = {
    Metric.FIRST_REPLY_ANY: (_("First reply"), _("By anybody, from the question on.")),
    Metric.FIRST_REPLY_STAFF: (
        _("First reply of the team"),
        _("Once the team has it; counted from the question on."),
    ),
    Metric.NEXT_REPLY: (_("Next reply"), _("When the asker adds something to a case that was replied to.")),
    Metric.PERIODIC_UPDATE: (_("News"), _("After each word of the team, as long as it works on the case.")),
    Metric.RESOLUTION: (_("Solution"), _("From the question on until it is solved.")),
}
WAIT_NAMES = {Waits.NEEDS_INFO: _("a detail of the asker"), Waits.LINKED: _("another thread or an incident")}

Typed = dict[str, Any]


def shown(draft: Draft) -> Typed:
    """A policy as the form shows it."""
    typed: Typed = {"name": draft.name, "mode": draft.filter.mode.value, "reason": ""}
    typed |= {name.value: list(draft.filter.wanted.get(name, ())) for name in Field}
    for metric in Metric:
        goal = draft.goals.get(metric)
        for priority in PRIORITIES:
            typed[f"{metric}_{priority}"] = str(goal.minutes[priority]) if goal else ""
        typed[f"{metric}_calendar"] = str(goal.calendar_id or "") if goal else ""
        typed[f"{metric}_warn"] = str(goal.warn_percent if goal else 75)
        typed[f"{metric}_rests"] = [one.value for one in goal.rests_for] if goal else []
    return typed


def typed(form: Any) -> Typed:
    """The same as somebody typed it."""
    found: Typed = {name: form.get(name, "").strip() for name in ("name", "mode", "reason")}
    found |= {name.value: form.getlist(name.value) for name in Field}
    for metric in Metric:
        for part in (*PRIORITIES, "calendar", "warn"):
            found[f"{metric}_{part}"] = form.get(f"{metric}_{part}", "").strip()
        found[f"{metric}_rests"] = form.getlist(f"{metric}_rests")
    return found


def draft(typed: Mapping[str, Any]) -> Draft:
    """What the verbs take. Raises Invalid where minutes are no numbers."""
    mode = Mode(typed["mode"]) if typed["mode"] in set(Mode) else Mode.ALL
    wanted = {name: tuple(typed[name.value]) for name in Field if typed[name.value]}
    goals, faults = {}, {}
    for metric in Metric:
        minutes = {p: typed[f"{metric}_{p}"] for p in PRIORITIES}
        if not any(minutes.values()):
            continue
        numbers = {p: _number(text) for p, text in minutes.items()}
        calendar, warn = typed[f"{metric}_calendar"], _number(typed[f"{metric}_warn"])
        if any(number is None for number in numbers.values()) or warn is None:
            faults[metric.value] = _(
                "Write minutes for all four priorities, a year at most, or for none of them."
            )
            continue
        goals[metric] = Goal(
            {p: number or 0 for p, number in numbers.items()}, _number(calendar) if calendar else None, warn,
            tuple(one for one in Waits if one.value in typed[f"{metric}_rests"]),
        )  # fmt: skip
    if faults:
        raise Invalid(fields=faults)
    return Draft(typed["name"], Filter(mode, wanted), goals)


def manner(form: Mapping[str, str]) -> Manner:
    """How the ladder goes in a category. Raises Invalid."""
    try:
        factor = float(form.get("factor", "").strip().replace(",", "."))
    except ValueError:
        raise Invalid(fields={"factor": _("A number is expected here.")}) from None
    calendar = form.get("calendar", "")
    return Manner(factor, "super_users" in form, "team" in form, _number(calendar) if calendar else None)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def version(form: Mapping[str, str]) -> int:
    """The version that was seen; 0 when there is none."""
    return _number(form.get("version", "")) or 0
