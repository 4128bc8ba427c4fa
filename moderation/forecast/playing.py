"""One question goes through the ladder under given rules: the stages, the promises and the team it would have had.

Pure, and no model of the ladder: what is due, what a thread means for clock, promise and case, what a question scores,
which policy and team it has, are the functions the running ladder asks (escalation.rules, clocks, sla_rules,
priority_rules, targets.rules, routing.rules). Only their order is written here; a test plays the same history through
both and compares every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from moderation.calendars.rules import due_at
from moderation.escalation import clocks, skipping
from moderation.escalation.clocks import Outcome
from moderation.escalation.priority_rules import BANDS, HIGH_POINTS, Facts, Score, more_urgent, score
from moderation.escalation.rules import (
    OPEN,
    PRIORITIES,
    CaseMove,
    CaseState,
    Climb,
    Priority,
    Stage,
    case_after,
    deadline,
    due_steps,
    next_step,
    told_at_once,
)
from moderation.escalation.sla_rules import (
    Event,
    Metric,
    Reading,
    SlaType,
    Waits,
    evaluate,
    last_word,
    pauses_of,
)
from moderation.forecast.cycles import PLAYED, Cycle  # noqa: F401 - part of its face
from moderation.forecast.ruleset import Rules
from moderation.forecast.story import Happening, Story, What
from moderation.lexicon.rules import words_of
from moderation.routing.rules import Asked as Routed
from moderation.targets.rules import Asked, Field

SWEEP = timedelta(seconds=15)
RESCORE = timedelta(minutes=15)
RESTED = timedelta(minutes=14)
"""How often the ladder is stepped on and priorities are computed anew, and how long a new score stands at least."""
INSTANT = timedelta(microseconds=1)
AT_ONCE = (Metric.FIRST_REPLY_ANY, Metric.RESOLUTION)
LEFT = "left"


def play(story: Story, rules: Rules, until: datetime) -> list[Cycle]:
    """The cycles of a question, up to a moment."""
    return _Play(story, rules).run(until)


class _Play:
    """The state of one question while its history is played."""

    def __init__(self, story: Story, rules: Rules) -> None:
        self.story, self.rules, self.now = story, rules, story.began_at
        self.cycles: list[Cycle] = []
        found = self._score(0.0, story.began_at)
        self.priority, self.is_danger, self.is_legal = found.priority, found.is_danger, found.is_legal
        self.by_hand, self.fixed, self.rescored_at = False, found, self.now
        self._begin(1)
        if self.is_danger:
            self._advance()
        self._note()

    def run(self, until: datetime) -> list[Cycle]:
        for one in self.story.happenings:
            if one.at > until:
                break
            if one.at >= self.now:
                self._let_pass(one.at)
                self.now = one.at
            self._happens(one)
            self._note()
        self._let_pass(until)
        self.now = until
        for cycle in self.cycles:
            self._read(cycle)
        return self.cycles

    # --- a cycle ------------------------------------------------------------------------------------------------------

    def _note(self) -> None:
        self.cycle.note(self.now, self.priority)

    def _begin(self, number: int, cause: str = "") -> None:
        story = self.story
        values = {
            Field.CATEGORY: str(story.category_id), Field.PRODUCT: str(story.product_id or ""),
            Field.PRIORITY: self.priority.value, Field.LANGUAGE: story.language, Field.RANK: str(story.rank),
        }  # fmt: skip
        manner = self.rules.manner(story.category_id)
        policy_id, policy = self.rules.policy_for(Asked(values), manner)
        self.cycle = Cycle(number, self.now, policy_id, policy, manner, self.priority)
        self.cycles.append(self.cycle)
        self.with_staff = manner.with_team or self.is_danger
        self.answered_at: datetime | None = None
        self.stop: str | None = None
        self.floor: datetime | None = None
        self.has_agent = False
        self.handed_at: datetime | None = None
        self.check = True
        for metric in AT_ONCE:
            self._promise(metric, self.now)
        if cause.startswith("handed-back"):
            self.cycle.stages[Stage.VISIBLE] = self.now, self.now

    def _promise(self, metric: Metric, at: datetime) -> None:
        if (
            self.cycle.policy.promise(metric, self.cycle.manner.factor) is not None
            and not self.cycle.events[metric]
        ):
            self.cycle.events[metric].append(Event(SlaType.ACTIVATE, at, self.priority))

    def _read(self, cycle: Cycle) -> None:
        """How each promise stands at the end; next replies and news by the events that were kept."""
        factor, end = cycle.manner.factor, self.now
        every = {(metric, 1): tuple(events) for metric, events in cycle.events.items()}
        every |= {key[1:]: events for key, events in self.story.owed.items() if key[0] == cycle.number}
        for (metric, number), events in every.items():
            promise = cycle.policy.promise(metric, factor)
            reading = evaluate(promise, events, end) if promise is not None else None
            if reading is not None:
                cycle.readings[metric, number] = reading

    def _climb(self) -> Climb:
        cycle = self.cycle
        return Climb(
            cycle.start, cycle.policy.timers_of(self.priority, cycle.manner.factor), told_at_once(self.is_danger, self.is_legal, self.priority),
            pauses_of(cycle.events[Metric.FIRST_REPLY_ANY]), frozenset(cycle.stages), self.answered_at is not None,
            self.stop is not None, self.with_staff, cycle.manner.with_super_users, self.floor,
            cycle.stages[Stage.STAFF][0] if Stage.STAFF in cycle.stages else None,
        )  # fmt: skip

    # --- time passes --------------------------------------------------------------------------------------------------

    def _let_pass(self, until: datetime) -> None:
        """The sweep and the scores come at their times, up to and with a moment."""
        while True:
            step = next_step(self._climb(), self.cycle.policy.calendar)
            sweep = _round(max(step[1], self.now), SWEEP) if step else None
            tick = self._next_tick()
            at = min((one for one in (sweep, tick) if one is not None), default=None)
            if at is None or at > until:
                return
            self.now = at
            if at == sweep:
                self._advance()
            else:
                self._rescore()
            self._note()

    def _advance(self) -> None:
        cycle, climb = self.cycle, self._climb()
        found = due_steps(climb, cycle.policy.calendar, self.now, self._why_not)
        if found.skip_cause is not None:
            self.with_staff, cycle.skip_cause = False, found.skip_cause
        for stage, due in found.reached:
            cycle.stages[stage] = due, self.now
            if stage is Stage.STAFF:
                self._pass_to_team()

    def _why_not(self, climb: Climb, due: datetime) -> str | None:
        if self.is_danger or self.is_legal:
            return None
        gone = self.story.asker_left_at
        there = self.story.has_asker and (gone is None or gone > self.now)
        asker = skipping.Asker(there, self.story.product)
        without = self.rules.read("escalation.products_without_team")
        return skipping.cause(asker, climb, due, without, self.rules.oldest)

    def _pass_to_team(self) -> None:
        cycle = self.cycle
        if cycle.case is not None:
            return
        cycle.case, cycle.opened_at = CaseState.QUEUED, self.now
        cycle.promised_at = deadline(self._climb(), cycle.policy.calendar, Stage.BREACH)
        cycle.team_id = self._team()
        self._promise(Metric.FIRST_REPLY_STAFF, cycle.start)
        promise = cycle.policy.promise(Metric.FIRST_REPLY_STAFF, cycle.manner.factor)
        owed = evaluate(promise, cycle.events[Metric.FIRST_REPLY_STAFF], self.now) if promise else None
        cycle.owed_at = owed.due_at if owed is not None else None

    def _team(self) -> int | None:
        story = self.story
        asked = Routed(
            story.category, story.language, words_of(f"{story.title}\n{story.body}"), story.product, self.is_danger, self.is_legal
        )  # fmt: skip
        return self.rules.way(asked).team_id

    # --- how urgent ---------------------------------------------------------------------------------------------------

    def _score(self, used: float, at: datetime) -> Score:
        story, rules = self.story, self.rules
        again = any(one >= at - rules.repeat for one in story.asked_before)
        facts = Facts(
            story.title, story.body, story.rank, story.me_too_count(at), 0, used, len(self.cycles) > 1, again,
            reach=story.reach if self.cycles else 0, urgency=rules.urgency_of(story.category), base=rules.read("escalation.score_base"),
            cleared=story.cleared if self.cycles else frozenset(),
        )  # fmt: skip
        return score(facts, rules.lexicon)

    def _used(self) -> float:
        reading = self._first_reply()
        return reading.share if reading is not None else 0.0

    def _first_reply(self) -> Reading | None:
        promise = self.cycle.policy.promise(Metric.FIRST_REPLY_ANY, self.cycle.manner.factor)
        return evaluate(promise, self.cycle.events[Metric.FIRST_REPLY_ANY], self.now) if promise else None

    def _rescore(self) -> None:
        found = self._score(self._used(), self.now)
        self.rescored_at, self.check = self.now, False
        danger = found.is_danger and not self.by_hand
        newly = danger and not self.is_danger
        self.is_danger, self.is_legal = self.is_danger or danger, self.is_legal or found.is_legal
        self.with_staff = self.with_staff or danger
        self.fixed = found
        if not self.by_hand:
            self._retarget(Priority.URGENT if self.is_danger else found.priority)
        if newly:
            self._advance()

    def _retarget(self, priority: Priority) -> None:
        if priority is self.priority:
            return
        self.priority, self.floor, self.check = priority, self.now, True
        for metric, events in self.cycle.events.items():
            if events and (metric is not Metric.RESOLUTION or last_word(events) is SlaType.ACTIVATE):
                events.append(Event(SlaType.RETARGET, self.now, priority))

    def _next_tick(self) -> datetime | None:
        """When the score will be computed next with another result: at the first round after something changed, when a
        former question counts no more, or when waiting lifts it into the next band."""
        if self.stop is not None or self.by_hand or (self.is_danger and not self.check):
            return None
        soonest = max(self.rescored_at + RESTED + INSTANT, self.now)
        moments = [soonest] if self.check else []
        expiring = (one + self.rules.repeat for one in self.story.asked_before)
        moments += [max(soonest, one + INSTANT) for one in expiring if one >= self.rescored_at]
        lifted = None if self.check else self._lifted_at()
        if lifted is not None:
            moments.append(max(soonest, lifted))
        at = min(moments, default=None)
        return _round(at, RESCORE) if at is not None else None

    def _lifted_at(self) -> datetime | None:
        """When the age of the question makes it more urgent, by the parts of its last score."""
        cycle = self.cycle
        first = cycle.events[Metric.FIRST_REPLY_ANY]
        promise = cycle.policy.promise(Metric.FIRST_REPLY_ANY, cycle.manner.factor)
        if promise is None or last_word(first) is not SlaType.ACTIVATE:
            return None
        fixed = sum(part.points for part in self.fixed.parts if part.key != "age")
        is_grave = any(
            one.key in ("legal", "payment") and one.points == HIGH_POINTS for one in self.fixed.parts
        )
        floor = Priority.HIGH if is_grave else Priority.LOW
        for low, band in reversed(BANDS):
            wanted = more_urgent(band, floor)
            if (
                PRIORITIES.index(wanted) >= PRIORITIES.index(self.priority)
                or round(min(100.0, fixed + 25)) < low
            ):
                continue
            share = max(0.0, (low - 0.5 - fixed) / 25)
            target = timedelta(minutes=promise.minutes[self.priority]) * share
            return due_at(promise.calendar, cycle.start, target, pauses_of(first))
        return None

    # --- what happens -------------------------------------------------------------------------------------------------

    def _happens(self, one: Happening) -> None:
        cycle = self.cycle
        if one.what is What.AGAIN:
            cycle.end = self.now
            if cycle.case is not None and one.detail.startswith("handed-back"):
                cycle.case = CaseState.HANDED_BACK
            for events in cycle.events.values():
                if last_word(events) is SlaType.ACTIVATE:
                    events.append(Event(SlaType.CANCEL, self.now))
            self._note()
            self._begin(cycle.number + 1, one.detail)
            self._settle()
        elif one.what is What.SETTLE:
            self._settle()
        elif one.what is What.ME_TOO and self.stop is None:
            self._rescore()
        elif one.what is What.PRIORITY:
            self.by_hand = True
            wanted = Priority(one.detail)
            self.is_danger = self.is_danger and wanted is Priority.URGENT
            self._retarget(wanted)
        elif one.what in (What.REST, What.RESUME):
            self._rest(SlaType.PAUSE if one.what is What.REST else SlaType.RESUME, Waits.NEEDS_INFO)
        elif one.what is What.LEFT and self.stop is None:
            self.stop = LEFT
        elif one.what is What.CALLED and self.stop is None:
            self._call()
        elif one.what is What.HANDED:
            self._hand_over()
        elif one.what is What.TAKEN and cycle.case is CaseState.QUEUED:
            cycle.case, self.has_agent = CaseState.ASSIGNED, True
        elif one.what is What.FREED and cycle.case is CaseState.ASSIGNED:
            cycle.case, self.has_agent = CaseState.QUEUED, False

    def _call(self) -> None:
        """Somebody passed it to the team before its time, as ``laddering.escalate`` does."""
        cycle = self.cycle
        if cycle.case is None:
            self.with_staff, cycle.skip_cause = True, None
            cycle.stages.setdefault(Stage.STAFF, (self.now, self.now))
            self._pass_to_team()

    def _hand_over(self) -> None:
        """A moderator handed it over although it was answered: its case waits for the team, as ``handing.opening`` has it.
        Under rules by which it still waited, it is passed to the team before its time."""
        cycle = self.cycle
        if self.stop is None:
            self._call()
            return
        if cycle.case not in OPEN:
            moved = None if cycle.case is None else case_after(cycle.case, CaseMove.REVIVE) or cycle.case
            cycle.case, self.has_agent = moved or CaseState.QUEUED, False
            cycle.opened_at, cycle.promised_at, cycle.owed_at = self.now, None, self._due_from_now()
            cycle.team_id = self._team() if cycle.team_id is None else cycle.team_id
        self.handed_at = self.now

    def _due_from_now(self) -> datetime | None:
        promise = self.cycle.policy.promise(Metric.FIRST_REPLY_STAFF, self.cycle.manner.factor)
        if promise is None:
            return None
        return due_at(promise.calendar, self.now, timedelta(minutes=promise.minutes[self.priority]))

    def _rest(self, type: SlaType, why: Waits) -> None:
        for metric, events in self.cycle.events.items():
            promise = self.cycle.policy.promise(metric, self.cycle.manner.factor)
            if not events or promise is None or why not in promise.rests_for:
                continue
            if metric is not Metric.RESOLUTION or last_word(events) is SlaType.ACTIVATE:
                events.append(Event(type, self.now))

    def _settle(self) -> None:
        """Clock, promises and case follow what the thread has come to, as ``laddering.settle`` makes them."""
        cycle, thread = self.cycle, self.story.thread_at(self.now)
        if self.stop == LEFT and thread.outcome is Outcome.OPEN:
            return
        halted = self.answered_at is not None or self.stop is not None
        stop = clocks.stop_cause(thread, self.is_danger, self.is_legal, cycle.case)
        answered = thread.outcome in (Outcome.PEER, Outcome.STAFF, Outcome.SOLVED)
        unchanged = stop == self.stop and answered == (self.answered_at is not None)
        if unchanged and clocks.at_rest(cycle.case, thread):
            return
        spared = self.handed_at is None and clocks.is_spared(
            thread, self.is_danger, self.is_legal, cycle.case
        )
        for metric, wanted in clocks.words_of(thread, self.is_danger, spared).items():
            written = clocks.word_for(last_word(cycle.events[metric]), wanted)
            if written is not None:
                cycle.events[metric].append(Event(written, self.now))
        if thread.outcome is Outcome.LINKED:
            self._rest(SlaType.PAUSE, Waits.LINKED)
        elif self.stop == Outcome.LINKED:
            self._rest(SlaType.RESUME, Waits.LINKED)
        self.answered_at = (self.answered_at or self.now) if answered else None
        self.stop = stop
        if cycle.case is not None:
            for step in self._moves(halted):
                cycle.case = case_after(cycle.case, step) or cycle.case

    def _moves(self, halted: bool) -> Iterator[CaseMove]:
        case = self.cycle.case
        assert case is not None
        thread = self.story.thread_at(self.now)
        settled = case in OPEN and thread.outcome not in (Outcome.OPEN, Outcome.GONE, Outcome.PRIVATE)
        if settled and self.handed_at is not None:
            thread = replace(thread, reply=self.story.team_reply_since(self.handed_at, self.now))
            if thread.reply is None:
                return
        for step in clocks.case_moves(case, thread, self.has_agent, self.is_danger, self.is_legal, halted):
            self.has_agent = self.has_agent or step is CaseMove.ANSWER
            yield step


def _round(moment: datetime, every: timedelta) -> datetime:
    """The first time at or after a moment at which the worker comes."""
    seconds = every.total_seconds()
    return datetime.fromtimestamp(-(-moment.timestamp() // seconds) * seconds, UTC)
