"""Whom each stage of the ladder tells, and what an answer does to the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.masks.queries import persons_behind
from accounts.members import rights
from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.notifications.telling import tell, tell_many
from common import clock, jobs
from common.db import db
from common.i18n import _
from common.unit_of_work import kept, unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.escalation import casework, clocks, notices
from moderation.escalation.casework import agent_ids, lead_ids
from moderation.escalation.clocks import Outcome, Thread
from moderation.escalation.models import Case, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import OPEN, STAFF_STAGES, CaseMove, Stage
from moderation.escalation.sla_rules import ALARMS, FIRST_REPLIES, Metric, SlaType
from moderation.targets import promises

SUPER_USER_RANK = 5
rights.opens("escalation.alerts", _("alerts about questions nobody answers"), SUPER_USER_RANK)


SUPER_USERS_TOLD = 5
GRACE = timedelta(minutes=10)
"""A step recorded later than this after its time was missed by the clock: its news is bundled."""

Reached = Mapping[Stage, datetime]


def activate_staff_promise(ladder: Ladder, source: str) -> None:
    """From now on the team's own reply is counted, from the cycle's start: to the asker it is one wait."""
    promises.begin(ladder, Metric.FIRST_REPLY_STAFF, ladder.started_at, source)


# --- telling --------------------------------------------------------------------------------------------------------

_GRAVITY = (Stage.OVERDUE, Stage.BREACH, Stage.WARNING, Stage.ASSIGNED, Stage.STAFF, Stage.SUPER_USERS)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wrote a question, the person behind it, and where it stands."""

    author_id: int | None
    person_id: int | None
    category_id: int | None


def asked_by(question_ids: Collection[int]) -> dict[int, Asking]:
    """The same of many questions, in two statements."""
    query = select(Question.id, Question.author_id, Question.category_id).where(Question.id.in_(question_ids))
    rows = db.session.execute(query).all()
    persons = persons_behind(row.author_id for row in rows)
    return {
        row.id: Asking(row.author_id, persons.get(row.author_id or 0, row.author_id), row.category_id)
        for row in rows
    }


def tell_of(ladder: Ladder, reached: Reached, case: Case | None, asked: Asking) -> bool:
    """Tell of the gravest of the stages reached; the asker hears when the team takes over, whatever came with it.

    True where the clock was down: ordinary news is bundled then into one notice for the whole catching up.
    """
    if case is not None and case.state not in OPEN:
        return False
    if Stage.STAFF in reached and case is not None:
        notices.tell_asker("question-passed-on", asked.author_id, case, "passed-on")
    if ladder.is_danger and Stage.STAFF in reached and case is not None:
        notices.tell_staff("case-danger", {*agent_ids(), *lead_ids()}, case, "danger")
        return False
    gravest = next((stage for stage in _GRAVITY if stage in reached), None)
    if gravest is None:
        return False
    late = clock.now() - reached[gravest] > GRACE
    if late and not ladder.is_danger and case is not None:
        return True
    if gravest is Stage.SUPER_USERS:
        _tell_super_users(ladder, asked)
    elif case is not None:
        _tell_team(gravest, case)
    return False


def _tell_team(stage: Stage, case: Case) -> None:
    holder = [case.assignee_id] if case.assignee_id else agent_ids()
    if stage is Stage.STAFF:
        notices.tell_staff("case-opened", agent_ids(), case, "opened")
    elif stage is Stage.ASSIGNED and case.assignee_id:
        notices.tell_staff("case-assigned", holder, case, f"assigned:{case.assignee_id}:{case.version}")
    elif stage is Stage.WARNING:
        notices.tell_staff("case-warning", holder, case, "warning")
    elif stage is Stage.BREACH:
        notices.tell_staff("case-late", [*holder, *lead_ids()], case, "late")
    elif stage is Stage.OVERDUE:
        notices.tell_staff("case-overdue", [*holder, *lead_ids()], case, "overdue")


def tell_of_alarms(ladder: Ladder, fired: promises.Fired, case: Case | None) -> bool:
    """Tell who works on a case that a reply or news is due soon, or late; the lead as well when it is late.

    True where one should have sounded while the clock was down: that is bundled, as the stages are.
    """
    if case is None or case.state not in OPEN:
        return False
    holder, missed = [case.assignee_id] if case.assignee_id else agent_ids(), False
    for (metric, number), alarm in dict(fired).items():  # the gravest of each
        first = metric in FIRST_REPLIES
        if first and ladder.with_staff and ladder.stopped_at is None and not _own_terms(ladder):
            continue  # the ladder's own stages tell of it
        if clock.now() - alarm.at > GRACE and not ladder.is_danger:
            missed = True
        elif alarm.type is SlaType.WARN:
            notices.tell_staff(
                "case-warning", holder, case, "warning" if first else f"warning:{metric}:{number}"
            )
        else:
            cause = "late" if first else f"late:{metric}:{number}"
            notices.tell_staff("case-late", [*holder, *lead_ids()], case, cause)
    return missed


def _own_terms(ladder: Ladder) -> bool:
    """Whether the team promises its own reply by other terms than a reply by anybody."""
    policy = clocks.policy_for(ladder)
    return policy.promise(Metric.FIRST_REPLY_STAFF) != policy.promise(Metric.FIRST_REPLY_ANY)


def _tell_super_users(ladder: Ladder, asked: Asking) -> None:
    """The most experienced members whose answers were accepted in this category, the most helpful first."""
    helpers = kept(("super users", asked.category_id), lambda: _super_users(asked.category_id))
    called = [one for one in helpers if one.id != asked.person_id][:SUPER_USERS_TOLD]
    now = clock.now()
    awake = [
        one.id
        for one in called
        if not any(until and until > now for until in (one.silenced_until, one.suspended_until))
    ]
    cause = f"ladder:{ladder.question_id}:{ladder.cycle}"
    tell_many({one: {} for one in awake}, "help-wanted", cause, question_id=ladder.question_id)


def _super_users(category_id: int | None) -> list[Any]:
    """The most helpful ones, one more than are told of a question: its asker may be among them."""
    question, answer = Question.__table__, Post.__table__
    solved = (
        select(Member.id, Member.silenced_until, Member.suspended_until)
        .select_from(question)
        .join(answer, answer.c.id == question.c.accepted_answer_id)
        .join(Member, Member.id == answer.c.author_id)
        .where(
            question.c.category_id == category_id, Member.rank >= SUPER_USER_RANK, Member.closed_at.is_(None),
            Member.role.not_in(STAFF), answer.c.state == PostState.PUBLISHED,
        )
        .group_by(Member.id)
        .order_by(func.count().desc(), Member.id)
        .limit(SUPER_USERS_TOLD + 1)
    )  # fmt: skip
    return list(db.session.execute(solved))


def bundle() -> None:
    """One notice for everything that is caught up within the same ten minutes; a job, so that a crash loses none."""
    slot = int(clock.now().timestamp()) // 600
    jobs.enqueue(
        "escalation.caught_up",
        {"slot": slot},
        unique_key=f"escalation:caught-up:{slot}",
        run_at=clock.now() + timedelta(minutes=1),
    )


def tell_caught_up(slot: int) -> None:
    """Tell the team once what a late clock passed on within ten minutes."""
    start = datetime.fromtimestamp(slot * 600, UTC)
    end = start + timedelta(minutes=10)
    stages = select(StageRow.question_id, StageRow.recorded_at, StageRow.due_at).where(
        StageRow.recorded_at >= start, StageRow.recorded_at < end, StageRow.stage.in_(STAFF_STAGES)
    )
    alarms = (
        select(SlaEvent.question_id, SlaEvent.recorded_at, SlaEvent.at)
        .join(Case, (Case.question_id == SlaEvent.question_id) & (Case.cycle == SlaEvent.cycle))
        .where(SlaEvent.recorded_at >= start, SlaEvent.recorded_at < end, SlaEvent.type.in_(ALARMS))
    )
    with unit_of_work():
        rows = [*db.session.execute(stages), *db.session.execute(alarms)]
        count = len({question_id for question_id, recorded, due in rows if recorded - due > GRACE})
        for member_id in sorted({*agent_ids(), *lead_ids()}) if count else ():
            tell(member_id, "cases-caught-up", f"caught-up:{slot}", questions=count)


# --- an answer, and its going ---------------------------------------------------------------------------------------


def settle_case(case: Case, thread: Thread, ladder: Ladder, halted: bool) -> None:
    """Move a case to where the thread has come to: answered, solved, cancelled, or open again.

    A case that a moderator handed over although there was an answer waits for one of the team that is younger.
    """
    settled = case.state in OPEN and thread.outcome not in (Outcome.OPEN, Outcome.GONE, Outcome.PRIVATE)
    if settled and (since := casework.escalated_at(case.id)) is not None:
        younger = clocks.valid_replies(case.question_id, thread.asker_id, since)
        thread = replace(thread, reply=next((one for one in younger if one.by_staff), None))
        if thread.reply is None:
            return
    has_agent, danger, legal = case.assignee_id is not None, ladder.is_danger, ladder.is_legal
    for step in clocks.case_moves(case.state, thread, has_agent, danger, legal, halted):
        _move(case, step, thread, clock.now())


_LINES = {
    CaseMove.ANSWER: "answered", CaseMove.CANCEL: "cancelled", CaseMove.RESOLVE: "resolved", CaseMove.REOPEN: "reopened",
    CaseMove.REVIVE: "reopened",
}  # fmt: skip


def _move(case: Case, step: CaseMove, thread: Thread, now: datetime) -> None:
    by = None
    if step is CaseMove.ANSWER and thread.reply is not None:
        by = thread.reply.author_id
        values = {
            "answer_id": thread.reply.id,
            "answered_at": now,
            "assignee_id": case.assignee_id or by,
            "waiting_since": None,
        }
    elif step in (CaseMove.REOPEN, CaseMove.REVIVE):
        values = {"answer_id": None, "answered_at": None, "ended_at": None}
    else:
        values = {"ended_at": now, "waiting_since": None}
    if step is CaseMove.REOPEN:
        moved = casework.reopen(case, **values)
    else:
        moved = casework.move(case.id, step, **values)
    if moved:
        casework.write_line(case.id, _LINES[step], by)
