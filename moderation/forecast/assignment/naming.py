"""Who would have been given the cases: all questions of a forecast in one line of time, by the choice the running desk makes
(``routing.rules.in_turn``). Pure.

Source: domain/escalation.md §C2.2. What the history knows is kept: the plan of duty, cases that people took or gave back,
when a case was settled. What nobody knows is assumed, and printed beside the figures: agents are there during the hours of
their team and open what they are given; a case that no team ever had takes the working minutes of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from heapq import heapify, heappop, heappush
from math import ceil
from typing import Any, Protocol

from moderation.calendars.rules import Calendar
from moderation.forecast.ruleset import Rules
from moderation.routing.rules import Agent, helpers, in_turn

LOOK = 60
"""Seconds: how often the desk looks for agents for what waits."""
QUARTER = 900
"""Half-days begin at a quarter of an hour in every zone."""
Line = list[tuple[float, int, int, int]]
"""Cases that wait, the closest due first: due, question, cycle, place."""


class Planned(Protocol):
    """The plan of duty of that time."""

    def at(self, moment: datetime, category_id: int) -> set[int]:
        """Who of all is planned for a category."""

    def changes_after(self, moment: datetime) -> datetime | None:
        """When the plan changes next."""


class Turn(IntEnum):
    """What comes to a case, in the order in which things of the same moment count."""

    OVER = 0
    FREED = 1
    URGENT = 2
    CALM = 3
    OPEN = 4
    AGAIN = 5
    TAKEN = 6
    WANTED = 7
    LOOK = 8


Turns = list[list[Any]]
"""Moments as seconds, each with a turn and the member it is about: kept in a row until all questions are played."""


@dataclass
class _Case:
    id: int
    cycle: int
    team_id: int | None
    category_id: int
    category: str
    language: str
    is_known: bool
    due: float | None
    turns: Turns
    is_open: bool = False
    is_wanted: bool = False
    is_urgent: bool = False
    agent: int | None = None
    former: int | None = None
    passed_over: int | None = None
    waits_since: float | None = None

    @property
    def waits(self) -> bool:
        return self.is_open and self.is_wanted and self.agent is None

    @property
    def key(self) -> tuple[Any, ...]:
        """What decides who may have it: cases with the same go to the same people."""
        return self.team_id, self.category_id, self.language, self.is_urgent, self.passed_over


@dataclass(frozen=True, slots=True)
class Named:
    """A case was given to somebody."""

    question_id: int
    cycle: int
    at: datetime
    agent_id: int


@dataclass
class Desk:
    """What came of it: who was given what, and by team how long cases waited; those still waiting are in ``never``."""

    named: list[Named] = field(default_factory=list)
    waits: dict[int, list[float]] = field(default_factory=dict)
    never: dict[int, int] = field(default_factory=dict)
    most: dict[int, int] = field(default_factory=dict)

    def figures(self) -> dict[str, dict[str, int | None]]:
        """By team: cases whose time for an agent came, how many had one within a minute, how many never, half of the waits
        and nine in ten of them in minutes, and the most cases that waited at once."""
        teams = sorted(self.waits.keys() | self.never.keys())
        return {str(one): self._of(sorted(self.waits.get(one, ())), one) for one in teams}

    def _of(self, waits: list[float], team: int) -> dict[str, int | None]:
        never = self.never.get(team, 0)
        return {
            "wanted": len(waits) + never, "at_once": sum(one <= 60 for one in waits), "never": never,
            "half": _share(waits, 0.5), "most_of": _share(waits, 0.9), "queue": self.most.get(team, 0),
        }  # fmt: skip


def _share(waits: Sequence[float], share: float) -> int | None:
    return round(waits[ceil(share * len(waits)) - 1] / 60) if waits else None


def name_all(
    rows: Iterable[Sequence[Any]], rules: Rules, plan: Planned, until: datetime, minutes: float
) -> Desk:
    """Give the cases of a time to agents, moment by moment."""
    return _Naming([_Case(*row) for row in rows], rules, plan, until, minutes).run()


class _Naming:
    def __init__(
        self, cases: list[_Case], rules: Rules, plan: Planned, until: datetime, minutes: float
    ) -> None:
        self.cases, self.rules, self.plan, self.until = cases, rules, plan, until.timestamp()
        self.handling = timedelta(minutes=minutes)
        self.caps = rules.read("escalation.agent_cap"), rules.read("escalation.agent_urgent_cap")
        self.desk, self.now, self.look_at = Desk(), 0.0, float("inf")
        self.load: dict[int, list[int]] = {}
        self.last: dict[int, datetime] = {}
        self.waiting: dict[tuple[Any, ...], Line] = {}
        self.count: dict[int, int] = {}
        self.groups: dict[int | None, list[tuple[int | None, list[Any]]]] = {}
        self.hours: dict[int | None, Calendar] = {
            one: rules.hours(one) for one in (None, *rules.team_calendars)
        }
        self.events = [
            (at, turn, place, member) for place, one in enumerate(cases) for at, turn, member in one.turns if at <= self.until
        ]  # fmt: skip
        heapify(self.events)

    def run(self) -> Desk:
        while self.events:
            self.now, turn, place, member = heappop(self.events)
            if turn == Turn.LOOK:
                self._look()
            else:
                self._turn(self.cases[place], place, Turn(turn), member)
        for one in self.cases:
            if one.waits:
                self.desk.never[one.team_id or 0] = self.desk.never.get(one.team_id or 0, 0) + 1
        return self.desk

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    # --- what comes to a case -----------------------------------------------------------------------------------------

    def _turn(self, one: _Case, place: int, turn: Turn, member: int) -> None:
        waited = one.waits
        if turn in (Turn.OVER, Turn.FREED):
            self._end(one, turn, member)
        elif turn in (Turn.URGENT, Turn.CALM):
            self._weigh(one, turn is Turn.URGENT)
        elif turn in (Turn.OPEN, Turn.AGAIN):
            one.is_open = True
            if turn is Turn.AGAIN and one.former is not None and self._has_room(one.former, one.is_urgent):
                self._give(one, one.former)
        elif turn is Turn.TAKEN and one.is_open:
            self._let_go(one)
            self._give(one, member)
        elif turn is Turn.WANTED:
            one.is_wanted = True
        self._follow(one, place, waited, turn)

    def _end(self, one: _Case, turn: Turn, member: int) -> None:
        """It is settled, or its agent gives it up (below zero: of their own); what another agent did says nothing of this one."""
        if turn is Turn.OVER:
            one.is_open = False
        elif one.agent != abs(member):
            return
        if one.agent is not None:
            one.former = former = one.agent
            self._let_go(one)
            one.passed_over = former if turn is Turn.FREED and member > 0 else None
            self._look_soon()

    def _weigh(self, one: _Case, urgent: bool) -> None:
        if one.agent is not None and urgent is not one.is_urgent:
            self.load[one.agent][1] += 1 if urgent else -1
        one.is_urgent = urgent

    def _follow(self, one: _Case, place: int, waited: bool, turn: Turn) -> None:
        """A case whose time has come is tried at once and then with the others; one that waits no more leaves the line."""
        team = one.team_id or 0
        if one.waits and not waited:
            one.waits_since = self.now
            self.count[team] = self.count.get(team, 0) + 1
        if one.waits and not (turn is Turn.WANTED and self._try(one, place)):
            heappush(
                self.waiting.setdefault(one.key, []),
                (float("inf") if one.due is None else one.due, one.id, one.cycle, place),
            )
            self.desk.most[team] = max(self.desk.most.get(team, 0), self.count[team])
            self._look_soon()
        if not one.waits:
            self._out(one, team)

    def _out(self, one: _Case, team: int) -> None:
        if one.waits_since is None:
            return
        self.count[team] -= 1
        if one.agent is not None:
            self.desk.waits.setdefault(team, []).append(self.now - one.waits_since)
        else:
            self.desk.never[team] = self.desk.never.get(team, 0) + 1
        one.waits_since = None

    # --- looking for agents -------------------------------------------------------------------------------------------

    def _look_soon(self, at: float | None = None) -> None:
        """The desk looks at its next minute, when somebody may be free or there."""
        at = -(-(self.now if at is None else at) // LOOK) * LOOK
        if at < self.look_at and at <= self.until:
            self.look_at = at
            heappush(self.events, (at, Turn.LOOK, 0, 0))

    def _look(self) -> None:
        if self.now < self.look_at:
            return
        self.look_at, still = float("inf"), False
        heads = [(head, key) for key in list(self.waiting) if (head := self._head(key))]
        heapify(heads)
        while heads:
            (*_due, place), key = heappop(heads)
            one = self.cases[place]
            if not self._try(one, place):
                still = True
                continue
            self._out(one, one.team_id or 0)
            if head := self._head(key):
                heappush(heads, (head, key))
        if still:
            self._look_soon(self._next_change())

    def _head(self, key: tuple[Any, ...]) -> tuple[float, int, int, int] | None:
        """The first of a line, without what waits no more."""
        line = self.waiting[key]
        while line and not ((one := self.cases[line[0][3]]).waits and one.key == key):
            heappop(line)
        if line:
            return line[0]
        del self.waiting[key]
        return None

    def _next_change(self) -> float:
        """When somebody may come without that a case ends: a half-day begins, the plan changes, a team opens."""
        quarter, changes = (self.now // QUARTER + 1) * QUARTER, self.plan.changes_after(self.moment)
        opens = min(one.opens_at(self.moment) for one in self.hours.values()).timestamp()
        return max(min(quarter, changes.timestamp() if changes else quarter), opens)

    def _hours(self, team: int | None) -> Calendar:
        return self.hours.get(team, self.hours[None])

    def _try(self, one: _Case, place: int) -> bool:
        for team, people in self._people(one.team_id):
            if all(self._desk_of(member)[0] >= self.caps[0] for member, *_rest in people):
                continue
            if not (there := self._hours(team).is_open(self.moment)):
                continue
            on_shift = self.plan.at(self.moment, one.category_id)
            agents = [
                Agent(
                    member, skills, languages, there, member in on_shift, *self._desk_of(member), self.last.get(member)
                )
                for member, skills, languages in people if member != one.passed_over
            ]  # fmt: skip
            if order := in_turn(agents, one.category, one.language, one.is_urgent, *self.caps):
                self._give(one, order[0])
                self.desk.named.append(Named(one.id, one.cycle, self.moment, order[0]))
                if not one.is_known:
                    ends = self._hours(one.team_id).add(self.moment, self.handling).timestamp()
                    heappush(self.events, (ends, Turn.OVER, place, 0))
                return True
        return False

    def _people(self, team_id: int | None) -> list[tuple[int | None, list[Any]]]:
        """The people of each team that may help, in order, as ``routing.assigning`` has them."""
        if team_id not in self.groups:
            order = helpers(team_id, self.rules.teams)
            found: list[tuple[int | None, list[Any]]] = [
                (team, self.rules.people[team]) for team in order if team in self.rules.people
            ]
            self.groups[team_id] = found or [(team_id, self.rules.agents)]
        return self.groups[team_id]

    # --- desks --------------------------------------------------------------------------------------------------------

    def _desk_of(self, member: int) -> tuple[int, int]:
        every, urgent = self.load.get(member, (0, 0))
        return every, urgent

    def _has_room(self, member: int, urgent: bool) -> bool:
        every, hasty = self._desk_of(member)
        return every < self.caps[0] and not (urgent and hasty >= self.caps[1])

    def _give(self, one: _Case, member: int) -> None:
        one.agent, one.passed_over = member, None
        desk = self.load.setdefault(member, [0, 0])
        desk[0], desk[1] = desk[0] + 1, desk[1] + one.is_urgent
        self.last[member] = self.moment

    def _let_go(self, one: _Case) -> None:
        if one.agent is not None:
            desk = self.load[one.agent]
            desk[0], desk[1] = desk[0] - 1, desk[1] - one.is_urgent
            one.agent = None
