"""What comes to a case while its question is played, as a row that is kept until all are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from moderation.escalation.rules import OPEN, Stage
from moderation.forecast.assignment.naming import Turn
from moderation.forecast.cycles import Cycle
from moderation.forecast.story import Story, What


def case_of(story: Story, cycle: Cycle) -> list[Any]:
    """A case with all that comes to it, as ``naming`` takes it."""
    due = cycle.owed_at or cycle.promised_at
    return [
        story.id, cycle.number, cycle.team_id, story.category_id, story.category, story.language, cycle.number in story.cases,
        due.timestamp() if due is not None else None, [[at.timestamp(), turn, who] for at, turn, who in _turns(story, cycle)],
    ]  # fmt: skip


def _turns(story: Story, cycle: Cycle) -> Iterator[tuple[datetime, Turn, int]]:
    was_open = was_urgent = before = False
    for at, state, urgent in cycle.trace:
        if urgent is not was_urgent:
            yield at, Turn.URGENT if urgent else Turn.CALM, 0
        if (state in OPEN) is not was_open:
            yield at, (Turn.AGAIN if before else Turn.OPEN) if state in OPEN else Turn.OVER, 0
        was_open, was_urgent, before = state in OPEN, urgent, True
    if Stage.ASSIGNED in cycle.stages:
        yield cycle.stages[Stage.ASSIGNED][1], Turn.WANTED, 0
    for one in story.happenings:
        if one.at >= cycle.start and (cycle.end is None or one.at < cycle.end):
            if one.what is What.TAKEN and one.detail:
                yield one.at, Turn.TAKEN, int(one.detail)
            elif one.what is What.FREED:
                yield one.at, Turn.FREED, int(one.detail or 0)
