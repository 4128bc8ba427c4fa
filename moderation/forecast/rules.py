"""How many agents a time of cases would have needed: a queue served in working time, minute by minute. Pure.

What it assumes is printed beside its figures: every case takes the same working time, agents are there during all the
hours of their team and do nothing else, the case that is due first is answered first, and a case that a member solves
before somebody begins with it is not worked on. FEATURES.md §4; domain/escalation.md §C6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush, heapreplace

PERIODS = (7, 30, 90)
"""Days that can be looked back."""
MOST_AGENTS = 60
ENOUGH = 0.995
SHARES = (80, 90, 95, 99)
"""Percent of promises kept one can ask agents for."""
TOLD_SHARE = 90
"""The one that is told in the first lines."""
HOURS = 24
LATER = (1, 4, 24)
"""Hours within which a member's answer is counted, after a stage came."""


class State(StrEnum):
    """How far a forecast is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Work:
    """A case, in working minutes of its team since the beginning: when it comes, when the reply is due (None: nothing was
    promised), when a member has solved it (None: never)."""

    arrives: float
    due: float | None = None
    gone: float | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """What became of the cases: replied to in time, too late, solved by members before anybody began."""

    kept: int
    late: int
    dropped: int

    @property
    def share(self) -> float:
        """The share of promises kept; 1 where nothing had to be answered."""
        return self.kept / (self.kept + self.late) if self.kept + self.late else 1.0


def serve(cases: Sequence[Work], agents: int, minutes: float) -> Served:
    """The cases answered by so many agents, each of whom needs so many minutes for one."""
    todo = sorted(cases, key=lambda one: one.arrives)
    free = [0.0] * agents
    heapify(free)
    waiting: list[tuple[float, float, float, Work]] = []
    kept = late = dropped = at = 0
    while at < len(todo) or waiting:
        now = free[0] if waiting else max(free[0], todo[at].arrives)
        while at < len(todo) and todo[at].arrives <= now:
            one = todo[at]
            heappush(waiting, (one.due if one.due is not None else float("inf"), one.arrives, at, one))
            at += 1
        if not waiting:
            continue
        due, arrives, _place, one = heappop(waiting)
        begins = max(now, arrives)
        if one.gone is not None and one.gone <= begins:
            dropped += 1
            continue
        heapreplace(free, begins + minutes)
        kept, late = (kept + 1, late) if begins + minutes <= due else (kept, late + 1)
    return Served(kept, late, dropped)


def curve(cases: Sequence[Work], minutes: float) -> list[float]:
    """The share of promises kept by one agent, two, three … until more of them change nothing."""
    found: list[float] = []
    while len(found) < MOST_AGENTS and (not found or found[-1] < ENOUGH):
        found.append(round(serve(cases, len(found) + 1, minutes).share, 4))
        if len(found) > 3 and found[-1] == found[-2] == found[-3] and found[-1] > 0:
            break
    return found


def needed(shares: Sequence[float], wanted: int) -> int | None:
    """The least agents that keep so many percent; None where no number does."""
    return next((count for count, share in enumerate(shares, 1) if 100 * share >= wanted), None)


def add_up(into: dict, more: dict) -> dict:
    """Counts of two parts as one: numbers are added, lists of numbers too, place by place."""
    for key, value in more.items():
        known = into.get(key)
        if known is None:
            into[key] = value
        elif isinstance(value, dict):
            add_up(known, value)
        elif isinstance(value, list):
            into[key] = [one + other for one, other in zip(known, value, strict=True)]
        else:
            into[key] = known + value
    return into
