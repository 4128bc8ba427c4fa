"""What a mission is made of, and how far somebody is. Pure. Sources: domain/rewards.md §A1.2 (``mission.*``), §A3.1
(the first week), FEATURES.md E10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_STEPS = 6
MOST_POINTS = 500
MOST_BUDGET = 10_000_000
MOST_WANTED = 50


class StepKind(StrEnum):
    """What a step may ask for: a closed list of facts that anybody can bring about without being voted for."""

    GUIDE = "guide"
    PROFILE = "profile"
    PRODUCT = "product"
    QUESTION = "question"
    ANSWER = "answer"
    MARK = "mark"
    SOLUTION = "solution"
    DUPLICATE = "duplicate"


class MissionKind(StrEnum):
    """For newcomers in their first days, or for everybody during a time."""

    ONBOARDING = "onboarding"
    CAMPAIGN = "campaign"


class MissionState(StrEnum):
    """A draft is seen by nobody; what is over, or has spent its budget, has ended."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the rules see it."""

    id: int
    kind: StepKind
    wanted: int


def reached(steps: Sequence[Step], counts: Mapping[StepKind, int], done: Iterable[int]) -> list[int]:
    """The steps that are done now, in their order: one counts only when all before it are done. What was done before
    stays done."""
    known, now = set(done), []
    for step in steps:
        if step.id not in known and counts.get(step.kind, 0) < step.wanted:
            break
        now.append(step.id)
    return now


def is_for(
    kind: MissionKind,
    joined_at: datetime,
    starts_at: datetime,
    ends_at: datetime | None,
    days: int,
    now: datetime,
) -> bool:
    """Whether a mission is open to a member at a moment: the first days of whoever joined since it began, or its time."""
    if now < starts_at or (ends_at is not None and now >= ends_at):
        return False
    return kind is MissionKind.CAMPAIGN or starts_at - timedelta(
        days=days
    ) <= joined_at <= now < joined_at + timedelta(days=days)


def fits(spent: int, worth: int, budget: int) -> bool:
    """Whether one more reward is within the budget."""
    return spent + worth <= budget
