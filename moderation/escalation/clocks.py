"""What the clocks read and write: the facts of a thread, the kept events of its promises, the moment that comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db, insert_once
from common.unit_of_work import kept
from forum.categories.models import Category
from forum.questions.models import Post, Question
from forum.questions.rules import AnswerFacts, HelpState, PostKind, PostState, ReplyKind, is_valid_answer
from forum.solutions.rules import still_holds
from moderation.escalation.models import Case, Ladder, SlaEvent, SlaTerms, StageRow
from moderation.escalation.policies import Policy, policy_of
from moderation.escalation.rules import (
    OPEN,
    UNASSIGNED,
    CaseMove,
    CaseState,
    Climb,
    Priority,
    Stage,
    told_at_once,
)
from moderation.escalation.sla_rules import Event, Metric, Reading, SlaType, evaluate, pauses_of

BODY_READ = 1_000
"""Characters of an answer that are read to tell help from a thank-you."""
MOST_ANSWERS = 200


class Outcome(StrEnum):
    """What a thread has come to, as far as the clock is concerned."""

    OPEN = "open"
    PEER = "answered"
    STAFF = "staff"
    SOLVED = "solved"
    CLOSED = "closed"
    PRIVATE = "private"
    LINKED = "linked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Reply:
    """A valid answer."""

    id: int
    author_id: int | None
    by_staff: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """What is true of a question now. ``reply`` is the answer that decides ``outcome``; the end of an incident is the
    team's word without one."""

    asker_id: int | None
    outcome: Outcome
    reply: Reply | None = None
    accepted: bool = False

    @property
    def by_team(self) -> bool:
        """Whether the team has answered."""
        return self.outcome is Outcome.STAFF or (self.reply is not None and self.reply.by_staff)


def thread_of(question_id: int) -> Thread:
    """Read a thread as it is published at this moment: the first answer of the team, else the first valid one."""
    asked = db.session.execute(
        select(
            Question.state, Question.author_id, Question.closed_at, Question.accepted_answer_id, Question.unsolved_at,
            Question.self_solved_at, Question.private_at, Question.duplicate_of_id, Question.incident_at,
            Question.incident_over_at,
        ).where(Question.id == question_id)
    ).first()  # fmt: skip
    if asked is None or asked.state != PostState.PUBLISHED:
        return Thread(asked.author_id if asked else None, Outcome.GONE)
    return come_to(asked, valid_replies(question_id, asked.author_id, asked.unsolved_at), clock.now())


def come_to(asked: Any, replies: Sequence[Reply], now: datetime) -> Thread:
    """What a published question with these valid replies has come to. Pure."""
    by_staff = next((reply for reply in replies if reply.by_staff), None)
    chosen = next((reply for reply in replies if reply.id == asked.accepted_answer_id), None)
    first = next(iter(replies), None)
    if chosen is not None:
        return Thread(asked.author_id, Outcome.SOLVED, by_staff or chosen, accepted=True)
    if asked.self_solved_at is not None:
        return Thread(asked.author_id, Outcome.SOLVED, by_staff or first, accepted=True)
    if asked.private_at is not None:
        return Thread(asked.author_id, Outcome.PRIVATE, by_staff)
    if by_staff is not None:
        return Thread(asked.author_id, Outcome.STAFF, by_staff)
    if asked.duplicate_of_id is not None or asked.incident_at is not None:
        return Thread(asked.author_id, Outcome.LINKED, first)
    if still_holds(asked.incident_over_at, asked.unsolved_at):
        return Thread(asked.author_id, Outcome.STAFF)
    if asked.closed_at is not None and asked.closed_at <= now:
        return Thread(asked.author_id, Outcome.CLOSED)
    return Thread(asked.author_id, Outcome.PEER, first) if first else Thread(asked.author_id, Outcome.OPEN)


def state_of(question_id: int) -> HelpState | None:
    """How far a question has got, as the forum keeps it."""
    return db.session.scalar(select(Question.help_state).where(Question.id == question_id))


def valid_replies(question_id: int, asker_id: int | None, since: datetime | None = None) -> list[Reply]:
    """Published answers that stop a clock (`domain/escalation.md §C1.1`), oldest first; none the readers rejected.

    ``since``: when the asker said that it is still a problem; what was answered before does not count.
    """
    later = (Post.published_at > since,) if since is not None else ()
    rows = db.session.execute(
        select(
            Post.id,
            Post.author_id,
            Post.is_official,
            Post.reply_kind,
            func.substr(Post.body, 1, BODY_READ).label("body"),
            Member.role,
        )
        .outerjoin(Member, Member.id == Post.author_id)
        .where(
            Post.question_id == question_id,
            Post.kind == PostKind.ANSWER,
            Post.state == PostState.PUBLISHED,
            Post.published_at <= clock.now(),
            Post.kudos_count >= Post.downvote_count,
            *later,
        )
        .order_by(Post.published_at, Post.id)
        .limit(MOST_ANSWERS)
    )
    found = []
    for row in rows:
        by_staff = bool(row.is_official) or row.role in STAFF
        facts = AnswerFacts(row.author_id, PostState.PUBLISHED, row.body, reply=ReplyKind(row.reply_kind))
        if row.is_official or is_valid_answer(facts, asker_id):
            found.append(Reply(row.id, row.author_id, by_staff))
    return found


def stop_cause(thread: Thread, is_danger: bool, is_legal: bool, case: CaseState | None) -> str | None:
    """Why nothing can come any more; None while something can. Pure; ``case``: how the team's case stands, if any."""
    if thread.by_team or thread.outcome in (Outcome.GONE, Outcome.CLOSED, Outcome.PRIVATE, Outcome.LINKED):
        return thread.outcome.value
    if thread.outcome not in (Outcome.PEER, Outcome.SOLVED) or is_danger:
        return None
    if thread.outcome is Outcome.SOLVED or case not in OPEN:
        return thread.outcome.value
    return thread.outcome.value if case in UNASSIGNED and not is_legal else None


def at_rest(case: CaseState | None, thread: Thread) -> bool:
    """Whether a case stays where it is when clock and thread agree already. Pure."""
    return case not in OPEN or thread.outcome in (Outcome.OPEN, Outcome.PEER, Outcome.PRIVATE)


def is_spared(thread: Thread, is_danger: bool, is_legal: bool, case: CaseState | None) -> bool:
    """Whether a member's help ended a case nobody had taken, or ends it now: the team owes no reply of its own. Pure."""
    free = case in (*UNASSIGNED, CaseState.CANCELLED)
    return thread.outcome is Outcome.PEER and free and not (is_danger or is_legal)


def words_of(thread: Thread, is_danger: bool, spared: bool = False) -> dict[Metric, SlaType]:
    """What a thread means for what was promised: fulfilled, not needed any more, or waited for. ``spared``: see
    :func:`is_spared`. Pure."""
    gone = SlaType.CANCEL if thread.outcome in (Outcome.GONE, Outcome.CLOSED) else SlaType.ACTIVATE
    by_team = thread.by_team or thread.outcome is Outcome.PRIVATE  # the team has written to the asker
    solved = thread.outcome is Outcome.SOLVED
    unneeded = SlaType.CANCEL if spared or (solved and not is_danger) else gone
    return {
        Metric.FIRST_REPLY_ANY: SlaType.FULFIL if by_team or thread.reply is not None else gone,
        Metric.FIRST_REPLY_STAFF: SlaType.FULFIL if by_team else unneeded,
        Metric.RESOLUTION: SlaType.FULFIL if solved else gone,
    }


def word_for(said: SlaType | None, wanted: SlaType) -> SlaType | None:
    """The event to write where a promise's last word is not what is wanted; None where nothing is to be said. Pure."""
    if said is None or said is wanted or (wanted is SlaType.CANCEL and said is SlaType.FULFIL):
        return None
    return SlaType.RESTORE if wanted is SlaType.ACTIVATE else wanted


def case_moves(
    state: CaseState, thread: Thread, has_agent: bool, is_danger: bool, is_legal: bool, halted: bool
) -> tuple[CaseMove, ...]:
    """What a case does when its thread has come to something. ``halted``: the clock had stopped, so an open thread means
    that what stopped it is gone. Pure."""
    outcome = thread.outcome
    if outcome is Outcome.PRIVATE:
        return ()  # the case goes on, out of public view
    if outcome is Outcome.OPEN:
        return _woken(state, has_agent) if halted else ()
    if thread.reply is not None and thread.reply.by_staff:
        return (CaseMove.ANSWER, CaseMove.RESOLVE) if thread.accepted else (CaseMove.ANSWER,)
    ended = (CaseMove.CANCEL if state in UNASSIGNED else CaseMove.RESOLVE,)
    if outcome is Outcome.PEER and state is CaseState.ANSWERED:
        return _woken(state, has_agent)
    if outcome is Outcome.PEER:
        return ended if state in UNASSIGNED and is_spared(thread, is_danger, is_legal, state) else ()
    return () if outcome is Outcome.SOLVED and is_danger else ended


def _woken(state: CaseState, has_agent: bool) -> tuple[CaseMove, ...]:
    """What ended because of an answer that is gone goes on: with its agent, else in the queue."""
    if state in (CaseState.ANSWERED, CaseState.RESOLVED) and has_agent:
        return (CaseMove.REOPEN,)
    over = (CaseState.CANCELLED, CaseState.ANSWERED, CaseState.RESOLVED)
    return (CaseMove.REVIVE,) if state in over else ()


def category_of(question_id: int) -> str:
    """The key of a question's category."""
    query = (
        select(Category.key)
        .join(Question, Question.category_id == Category.id)
        .where(Question.id == question_id)
    )
    return db.session.scalar(query) or ""


# --- promises -------------------------------------------------------------------------------------------------------


def policy_for(ladder: Ladder) -> Policy:
    """The terms this cycle runs under."""
    terms_id = ladder.terms_id
    return kept(("terms", terms_id), lambda: policy_of(db.session.get_one(SlaTerms, terms_id)))


def note(
    ladder: Ladder,
    metric: Metric,
    type: SlaType,
    at: datetime,
    source: str,
    priority: Priority | None = None,
    retargeted: bool = False,
    instance: int = 1,
) -> bool:
    """Write an event of a promise, once for each source. False when it was there."""
    written = insert_once(
        SlaEvent, question_id=ladder.question_id, cycle=ladder.cycle, metric=metric, instance=instance, type=type, at=at,
        source=source[:60], priority=priority, retargeted=retargeted,
    )  # fmt: skip
    return written is not None


def events_of(question_id: int, cycle: int) -> dict[Metric, list[Event]]:
    """The kept events of what is promised once in a cycle, in the order they were recorded."""
    found: dict[Metric, list[Event]] = {metric: [] for metric in Metric}
    rows = db.session.execute(
        select(SlaEvent.metric, SlaEvent.type, SlaEvent.at, SlaEvent.priority)
        .where(SlaEvent.question_id == question_id, SlaEvent.cycle == cycle, SlaEvent.instance == 1)
        .order_by(SlaEvent.id)
    )
    for metric, type_, at, priority in rows:
        found[metric].append(Event(type_, at, priority))
    return found


def reading_of(ladder: Ladder, metric: Metric, at: datetime | None = None) -> Reading | None:
    """How a promise of the present cycle stands."""
    events = events_of(ladder.question_id, ladder.cycle)[metric]
    promise = policy_for(ladder).promise(metric, ladder.factor)
    return evaluate(promise, events, at or clock.now()) if promise is not None else None


def case_now(ladder: Ladder) -> Case | None:
    """The case of the present cycle."""
    query = select(Case).where(Case.question_id == ladder.question_id, Case.cycle == ladder.cycle)
    return db.session.scalar(query.execution_options(populate_existing=True))


def climb_of(
    ladder: Ladder,
    policy: Policy,
    recorded: Mapping[Stage, datetime] | None = None,
    asked: Collection[Event] | None = None,
) -> Climb:
    """The ladder as a value to compute with. ``asked``: the events of the first reply, where they are read already."""
    if recorded is None:
        recorded = stages_of(ladder.question_id, ladder.cycle)
    if asked is None:
        asked = events_of(ladder.question_id, ladder.cycle)[Metric.FIRST_REPLY_ANY]
    return Climb(
        start=ladder.started_at,
        timers=policy.timers_of(ladder.priority, ladder.factor),
        at_once=told_at_once(ladder.is_danger, ladder.is_legal, ladder.priority),
        pauses=pauses_of(asked),
        recorded=frozenset(recorded),
        answered=ladder.answered_at is not None,
        stopped=ladder.stopped_at is not None,
        with_staff=ladder.with_staff,
        with_super_users=ladder.with_super_users,
        floor=ladder.retargeted_at,
        passed_at=recorded.get(Stage.STAFF),
    )


def stages_of(question_id: int, cycle: int) -> dict[Stage, datetime]:
    """The stages a cycle has reached, with the moments they were due."""
    return stages_of_many({question_id: cycle})[question_id]


def stages_of_many(cycles: Mapping[int, int]) -> dict[int, dict[Stage, datetime]]:
    """The same of many questions, each with its cycle, in one query."""
    query = select(StageRow.question_id, StageRow.cycle, StageRow.stage, StageRow.due_at)
    found: dict[int, dict[Stage, datetime]] = {question_id: {} for question_id in cycles}
    rows = db.session.execute(query.where(StageRow.question_id.in_(list(cycles))))
    for question_id, cycle, stage, due in rows:
        if cycle == cycles[question_id]:
            found[question_id][stage] = due
    return found


def experts_were_called(question_id: int, at: datetime) -> bool:
    """Whether a question had come to stage E3 or further by then (domain/rewards.md §A1.2, `answer.rescue`)."""
    further = (
        StageRow.question_id == question_id,
        StageRow.stage != Stage.VISIBLE,
        StageRow.recorded_at <= at,
    )
    return db.session.scalar(select(StageRow.id).where(*further).limit(1)) is not None


def overdue(after: timedelta) -> int:
    """Questions the sweep should have looked at longer ago than this."""
    return db.session.scalar(select(func.count()).where(Ladder.due_at < clock.now() - after)) or 0


def failing() -> int:
    """Questions whose step failed and was pushed back."""
    return db.session.scalar(select(func.count()).where(Ladder.failure_count > 0)) or 0


# --- counts ---------------------------------------------------------------------------------------------------------


def without_answer() -> tuple[Any, ...]:
    """The criteria on Ladder of a question nobody has answered."""
    return Ladder.stopped_at.is_(None), Ladder.answered_at.is_(None)


def rail_counts() -> tuple[int, int, int]:
    """For the desk's rail: open cases, late ones, unanswered questions."""
    waiting = select(func.count()).select_from(Ladder).where(*without_answer()).scalar_subquery()
    late = func.count().filter(Case.due_at < clock.now())
    row = db.session.execute(select(func.count(), late, waiting).where(Case.state.in_(OPEN))).one()
    return row[0], row[1], row[2]
