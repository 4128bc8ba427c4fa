"""The ladder at work: starting a question's clock, stepping on when its time has come, stopping and resuming.

Every change locks the question's ladder row first; the sweep passes over rows that others hold and asks again whether
those it got are due, so of two workers one steps, and a stage is a unique row in any case. Source: domain/escalation.md §C1.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from common import clock, freshness
from common.db import db, insert_new, insert_once, update_where
from common.errors import Conflict
from common.i18n import _
from common.unit_of_work import is_busy, record, unit_of_work
from forum.solutions.rules import PAUSING
from moderation.escalation import casework, clocks, priority_rules, stepping, together
from moderation.escalation.clocks import Outcome, Thread
from moderation.escalation.models import Case, Ladder, StageRow
from moderation.escalation.rules import OPEN, Stage, deadline, furthest
from moderation.escalation.sla_rules import Metric, SlaType, Waits, last_word
from moderation.events import StageReached
from moderation.lexicon import weighing
from moderation.targets import choosing, promises

log = logging.getLogger("fourmi.escalation")

SWEEP_BATCH = 100
CALLS_BATCH = 25
"""Steps that call somebody in one unit of work: on SQLite nobody else writes meanwhile."""
AT_ONCE = (Metric.FIRST_REPLY_ANY, Metric.RESOLUTION)
"""What is promised as soon as a question is published."""
LEFT = "left"
"""The asker was asked for details and did not answer: the clock rests until something is written."""


# --- starting -------------------------------------------------------------------------------------------------------


def start(question_id: int, at: datetime | None = None) -> bool:
    """Start the clock of a published question; False when it runs already. A word of danger reaches the team at once."""
    with unit_of_work():
        began = at or clock.now()
        found = weighing.score_now(question_id, 0.0, reopened=False)
        chosen = choosing.keep_for(question_id, found.priority)
        manner = chosen.manner
        written = insert_once(
            Ladder, question_id=question_id, terms_id=chosen.terms_id, factor=manner.factor,
            with_super_users=manner.with_super_users, with_staff=manner.with_team or found.is_danger, priority=found.priority, score=found.points,
            score_parts=priority_rules.kept_parts(found), is_danger=found.is_danger, is_legal=found.is_legal, started_at=began,
            rescored_at=clock.now(), lexicon_version=found.lexicon,
        )  # fmt: skip
        if written is None:
            return False
        ladder = lock(question_id)
        assert ladder is not None, "written just above"
        choosing.apply(ladder, chosen)
        for metric in AT_ONCE:
            promises.begin(ladder, metric, began, "published")
        aim(ladder)
        if ladder.is_danger:
            advance(question_id)
        return True


def restart(question_id: int, cause: str, visible: bool = False) -> None:
    """Begin a new cycle now: a hand-back (which shows the question among the unanswered at once) or a reopening."""
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None:
            return
        now = clock.now()
        promises.cancel(ladder, tuple(Metric), f"over: {cause}")
        chosen = choosing.keep_for(question_id, ladder.priority)
        manner = chosen.manner
        update_where(
            Ladder, Ladder.question_id == question_id, cycle=ladder.cycle + 1, terms_id=chosen.terms_id, started_at=now,
            retargeted_at=None, answered_at=None, stopped_at=None, stop_cause=None, skip_cause=None, stage=None,
            factor=manner.factor, with_super_users=manner.with_super_users, with_staff=manner.with_team or ladder.is_danger,
        )  # fmt: skip
        ladder = load(question_id)
        choosing.apply(ladder, chosen)
        for metric in AT_ONCE:
            promises.begin(ladder, metric, now, cause)
        if visible:
            _record_stages(ladder, [(Stage.VISIBLE, now)], cause)
        aim(ladder)
        freshness.touch(f"question:{question_id}")


# --- stepping on ----------------------------------------------------------------------------------------------------


def advance(question_id: int) -> bool:
    """Record every stage whose time has come, in one unit of work, and do what it asks for; True when its time had come.

    Of several stages at once (a clock that was late) only the gravest is told. Whoever comes second does nothing.
    """
    return bool(together.call([question_id], Ladder.due_at <= clock.now()))


def _record_stages(ladder: Ladder, steps: Sequence[tuple[Stage, datetime]], cause: str) -> None:
    """Write the stages a question has come to otherwise than by its clock."""
    question_id, cycle = ladder.question_id, ladder.cycle
    rows = [
        {"question_id": question_id, "cycle": cycle, "stage": stage, "due_at": due, "recorded_at": clock.now(), "cause": cause}
        for stage, due in steps
    ]  # fmt: skip
    written = {row.stage for row in insert_new(StageRow, rows, StageRow.stage)}
    new = [one for one in steps if one[0] in written]
    for stage, _due in new:
        record(StageReached(question_id, cycle, stage.value))
    if new:
        at = furthest((ladder.stage, *(stage for stage, _due in new)))
        update_where(Ladder, Ladder.question_id == question_id, stage=at)


def sweep(limit: int = 10_000) -> int:
    """Step on every question whose time has come, oldest first; returns how many were looked at.

    What tells nobody anything is written together, what calls somebody a few at a time. A row that fails is pushed back and
    reported, and never holds up the others.
    """
    return _sweep(Ladder.due_at, limit) + _sweep(Ladder.alarm_at, limit)


def _sweep(column: Any, limit: int) -> int:
    done = 0
    while done < limit:
        query = select(Ladder.question_id).where(column <= clock.now())
        due = list(db.session.scalars(query.order_by(column, Ladder.question_id).limit(SWEEP_BATCH)))
        db.session.rollback()
        quiet = _quiet(due)
        left, moved = [one for one in due if one not in quiet], len(quiet)
        for start in range(0, len(left), CALLS_BATCH):
            moved += _call(column, left[start : start + CALLS_BATCH])
        done += len(due)
        if len(due) < SWEEP_BATCH or not moved:
            break
    return done


def _quiet(question_ids: list[int]) -> set[int]:
    """Those of which nobody is told, done at once; none where one of them fails, so that it is found with the others."""
    try:
        return together.step(question_ids)
    except Exception as error:
        db.session.rollback()
        if not is_busy(error):
            log.warning("a step of many clocks failed", exc_info=True)
        return set()


def _call(column: Any, question_ids: list[int]) -> int:
    """Do these at once; where one of them fails, each half by itself, until it stands alone and is pushed back. Returns how
    many have had their turn."""
    try:
        return len(together.call(question_ids, column <= clock.now()))
    except Exception as error:
        db.session.rollback()
        if is_busy(error):
            return 0
        if half := len(question_ids) // 2:
            return _call(column, question_ids[:half]) + _call(column, question_ids[half:])
        log.exception("the ladder of question %s failed and is pushed back", question_ids[0])
        _push_back(column.key, question_ids[0], error)
        return 1


def _push_back(column: str, question_id: int, error: Exception) -> None:
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None:
            return
        wait = timedelta(minutes=min(24 * 60, 5 * 2**ladder.failure_count))
        update_where(
            Ladder, Ladder.question_id == question_id, failure_count=ladder.failure_count + 1,
            last_error=f"{type(error).__name__}: {error}"[:500], **{column: clock.now() + wait},
        )  # fmt: skip


def escalate(question_id: int, actor_id: int | None) -> int:
    """Pass a question to the team now, before its time; returns its case, the present one where there is one."""
    with unit_of_work():
        ladder = casework.hold(question_id)
        if ladder is None or ladder.stopped_at is not None:
            raise Conflict(_("This question does not wait for an answer any more."))
        case = casework.case_of(question_id, ladder.cycle)
        if case is not None:
            return case.id
        update_where(Ladder, Ladder.question_id == question_id, with_staff=True, skip_cause=None)
        _record_stages(ladder, [(Stage.STAFF, clock.now())], f"member:{actor_id}")
        policy = clocks.policy_for(ladder)
        promised = deadline(clocks.climb_of(ladder, policy), policy.calendar, Stage.BREACH)
        case_id = casework.open_case(ladder, promised, actor_id)
        stepping.activate_staff_promise(ladder, "by hand")
        aim(ladder)
        return case_id or 0


# --- stopping and resuming ------------------------------------------------------------------------------------------


def settle(question_id: int, cause: str = "") -> None:
    """Bring clock and case in line with what the thread has come to. Read anew each time, so repeating is harmless.

    A valid answer stops the calls to the community and cancels a case nobody has taken; danger and law stay with the
    team. When the sole answer goes, everything resumes from the original start.
    """
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None:
            return
        thread = clocks.thread_of(question_id)
        if ladder.stop_cause == LEFT and thread.outcome is Outcome.OPEN:
            return
        case = casework.case_of(question_id, ladder.cycle)
        halted = ladder.answered_at is not None or ladder.stopped_at is not None
        before = (ladder.answered_at is None, ladder.stopped_at is None, case.state if case else None)
        stop = clocks.stop_cause(thread, ladder.is_danger, ladder.is_legal, case.state if case else None)
        answered = thread.outcome in (Outcome.PEER, Outcome.STAFF, Outcome.SOLVED)
        if (
            stop == ladder.stop_cause
            and answered == (ladder.answered_at is not None)
            and clocks.at_rest(case.state if case else None, thread)
        ):
            return
        _settle_promises(ladder, thread, case, cause or f"v{ladder.version}")
        _settle_pause(ladder, thread)
        now = clock.now()
        update_where(
            Ladder,
            Ladder.question_id == question_id,
            answered_at=(ladder.answered_at or now) if answered else None,
            stopped_at=(ladder.stopped_at or now) if stop else None,
            stop_cause=stop,
        )
        if case is not None:
            stepping.settle_case(case, thread, ladder, halted)
        ladder = load(question_id)
        promises.follow_case(ladder, f"settled/{ladder.version}", thread.outcome is not Outcome.PRIVATE)
        aim(ladder)
        case = casework.case_of(question_id, ladder.cycle)
        if before != (ladder.answered_at is None, ladder.stopped_at is None, case.state if case else None):
            freshness.touch(f"question:{question_id}")


def _settle_promises(ladder: Ladder, thread: Thread, case: Case | None, source: str) -> None:
    """Write what a promise's fulfilment, cancellation or return is, where it differs from its last event."""
    events = clocks.events_of(ladder.question_id, ladder.cycle)
    spared = clocks.is_spared(thread, ladder.is_danger, ladder.is_legal, case.state if case else None)
    spared = spared and case is not None and casework.escalated_at(case.id) is None
    for metric, target in clocks.words_of(thread, ladder.is_danger, spared).items():
        written = clocks.word_for(last_word(events[metric]), target)
        if written is not None:
            clocks.note(ladder, metric, written, clock.now(), f"{source}/{ladder.version}")


def _settle_pause(ladder: Ladder, thread: Thread) -> None:
    """While a question leads elsewhere nothing counts; when it is back, its clock goes on unless the asker is waited for."""
    rests = thread.outcome is Outcome.LINKED
    if rests:
        _rest(ladder.question_id, SlaType.PAUSE, Waits.LINKED, "linked")
    elif ladder.stop_cause == Outcome.LINKED and clocks.state_of(ladder.question_id) not in PAUSING:
        _rest(ladder.question_id, SlaType.RESUME, Waits.LINKED, "unlinked")


def leave(question_id: int) -> None:
    """Let the clock rest: the asker was waited for long enough."""
    with unit_of_work():
        if lock(question_id) is None:
            return
        running = (Ladder.question_id == question_id, Ladder.stopped_at.is_(None))
        update_where(Ladder, *running, stopped_at=clock.now(), stop_cause=LEFT)
        aim(load(question_id))


def pick_up(question_id: int) -> None:
    """The asker came back to a question that had been left."""
    with unit_of_work():
        lock(question_id)
        criteria = (Ladder.question_id == question_id, Ladder.stop_cause == LEFT)
        if update_where(Ladder, *criteria, stopped_at=None, stop_cause=None):
            resume(question_id, "returned")


def pause(question_id: int, source: str) -> None:
    """Stop counting while the asker is waited for."""
    _rest(question_id, SlaType.PAUSE, Waits.NEEDS_INFO, source)


def resume(question_id: int, source: str) -> None:
    """Count on: the waiting time is added to every promise."""
    _rest(question_id, SlaType.RESUME, Waits.NEEDS_INFO, source)


def rest(question_id: int, source: str) -> None:
    """The same where the forum says that nobody can help for the moment; nothing to do when the clock has stopped."""
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    if ladder is not None and ladder.stopped_at is None:
        pause(question_id, source)


def _rest(question_id: int, type: SlaType, why: Waits, source: str) -> None:
    """Note it with every promise that rests for it; a question that was brought from elsewhere has none."""
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is not None:
            promises.rest(ladder, type, why, f"{source}/{ladder.version}")
            aim(ladder)


# --- the row --------------------------------------------------------------------------------------------------------


def lock(question_id: int) -> Ladder | None:
    """The ladder of a question, its row held until the unit of work ends."""
    if not update_where(Ladder, Ladder.question_id == question_id, version=Ladder.version + 1):
        return None
    return load(question_id)


def load(question_id: int) -> Ladder:
    """The ladder as this unit of work has it; every conditional update makes it read anew."""
    return db.session.get_one(Ladder, question_id)


def aim(ladder: Ladder) -> None:
    """Set the moments the sweep looks at this question next, and the moment its case is due."""
    policy = clocks.policy_for(ladder)
    found = promises.instances(ladder.question_id, ladder.cycle)
    due, alarm = promises.moments(ladder, policy, found)
    row = Ladder.question_id == ladder.question_id
    update_where(Ladder, row, due_at=due, alarm_at=alarm, failure_count=0, last_error=None)
    case = clocks.case_now(ladder)
    if case is None or case.state not in OPEN:
        return
    if owed := promises.owed(ladder, policy, found):
        update_where(Case, Case.id == case.id, due_at=owed[0].due_at)
