"""What the form of a mission sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from common import clock
from common.errors import Invalid
from common.i18n import Sentence, _
from rewards.badges.desk.forms import number, window
from rewards.missions.defining import Draft
from rewards.missions.rules import MOST_BUDGET, MOST_POINTS, MOST_STEPS, MOST_WANTED, MissionKind, StepKind

FIELDS = ("kind", "title_fr", "title_en", "starts", "ends", "days", "reputation", "spendable", "budget")
TITLE_MAX = 80
FIRST_WEEK = {
    "kind": "onboarding", "title_fr": "Votre première semaine", "title_en": "Your first week", "days": "7", "reputation": "10",
    "spendable": "10", "budget": "5000", "step_1": "guide", "step_2": "product", "step_3": "question", "step_4": "mark",
}  # fmt: skip
"""The mission of the first week, as the form offers it: early, small, for acts that are good for the asker."""


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to show it again."""
    names = [*FIELDS, *(f"{part}_{n}" for n in range(1, MOST_STEPS + 1) for part in ("step", "wanted"))]
    return {name: form.get(name, "")[:200] for name in names}


def draft(form: Mapping[str, str]) -> Draft:
    """A mission. Raises Invalid with a message per field."""
    faults: dict[str, Sentence | str] = {}
    said = form.get("kind", "")
    if said not in list(MissionKind):
        faults["kind"] = _("Choose one of the list.")
    titles = {name: " ".join(form.get(name, "").split()) for name in ("title_fr", "title_en")}
    for name, words in titles.items():
        if not 2 <= len(words) <= TITLE_MAX:
            faults[name] = _("Give it a title of 2 to %(high)s characters in both languages.", high=TITLE_MAX)
    starts, ends = _time(form, said, faults)
    numbers = {}
    for name, low, high in (
        ("days", 1, 90), ("reputation", 0, MOST_POINTS), ("spendable", 0, MOST_POINTS), ("budget", 0, MOST_BUDGET),
    ):  # fmt: skip
        found = number(form.get(name, "") or ("7" if name == "days" else "0"), low, high)
        if found is None:
            faults[name] = _("Give a whole number from %(low)s to %(high)s.", low=low, high=high)
        numbers[name] = found or 0
    if "budget" not in faults and numbers["budget"] < numbers["spendable"]:
        faults["budget"] = _("The budget must be enough for one reward at least.")
    steps = _steps(form, faults)
    if faults or starts is None:
        raise Invalid(fields=faults)
    return Draft(
        MissionKind(said), titles["title_fr"], titles["title_en"], starts, ends, numbers["days"], numbers["reputation"],
        numbers["spendable"], numbers["budget"], steps,
    )  # fmt: skip


def _time(
    form: Mapping[str, str], kind: str, faults: dict[str, Sentence | str]
) -> tuple[datetime | None, datetime | None]:
    if (
        kind == MissionKind.ONBOARDING
        and not form.get("starts", "").strip()
        and not form.get("ends", "").strip()
    ):
        return clock.now(), None
    return window(form.get("starts", ""), form.get("ends", ""), faults)


def _steps(form: Mapping[str, str], faults: dict[str, Sentence | str]) -> tuple[tuple[StepKind, int], ...]:
    steps: list[tuple[StepKind, int]] = []
    for place in range(1, MOST_STEPS + 1):
        kind = form.get(f"step_{place}", "")
        if not kind:
            continue
        wanted = number(form.get(f"wanted_{place}", "") or "1", 1, MOST_WANTED)
        if kind not in list(StepKind) or wanted is None:
            faults[f"step_{place}"] = _(
                "Choose a step and how often, at most %(high)s times.", high=MOST_WANTED
            )
        elif any(known == kind for known, _wanted in steps):
            faults[f"step_{place}"] = _("This step stands there already.")
        else:
            steps.append((StepKind(kind), wanted))
    if not steps and not any(name.startswith("step_") for name in faults):
        faults["step_1"] = _("A mission has one step at least.")
    return tuple(steps)
