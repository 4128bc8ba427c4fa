"""A question that a moderator hands over becomes a case of the team, whether it still waits or was answered already."""

from __future__ import annotations

from datetime import datetime, timedelta

from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.calendars.rules import due_at
from moderation.escalation import casework, clocks, laddering, notices
from moderation.escalation.cases import NOTE_MAX
from moderation.escalation.clocks import Outcome
from moderation.escalation.models import CaseNote, Ladder
from moderation.escalation.rules import OPEN, CaseMove, CaseState
from moderation.escalation.sla_rules import Metric


def open_case(question_id: int, actor_id: int | None, words: str) -> int | None:
    """Hand a question to those who answer officially, with words for them; returns the case (domain/moderation.md §B2.4).

    Where an answer has stopped the clock it stays stopped, and the case waits for the team all the same. None when the
    question is not public.
    """
    with unit_of_work():
        ladder = casework.hold(question_id)
        if ladder is None or clocks.thread_of(question_id).outcome is Outcome.GONE:
            return None
        if ladder.stopped_at is None:
            case_id = laddering.escalate(question_id, actor_id)
        else:
            case_id = _although_answered(ladder, actor_id)
        if words:
            note = CaseNote(
                case_id=case_id, author_id=actor_id, body=words[:NOTE_MAX], created_at=clock.now()
            )
            db.session.add(note)
            db.session.flush()
        case = casework.load(case_id)
        told = casework.agent_ids() if case.assignee_id is None else [case.assignee_id]
        notices.tell_staff("case-opened", told, case, f"handed:{case.version}", actor_id=actor_id)
    return case_id


def _although_answered(ladder: Ladder, actor_id: int | None) -> int:
    """The case of a question whose clock has stopped: opened, taken up again, or that of a new cycle when it was closed."""
    question_id, due = ladder.question_id, _due(ladder)
    case = casework.case_of(question_id, ladder.cycle)
    if case is not None and case.state is CaseState.CLOSED:
        laddering.restart(question_id, "escalated")
        laddering.settle(question_id)
        ladder = laddering.load(question_id)
        if ladder.stopped_at is None:
            return laddering.escalate(question_id, actor_id)
        case = None
    if case is None:
        case_id = casework.open_case(ladder, due, actor_id) or 0
    else:
        case_id = case.id
        if case.state not in OPEN:
            anew = {
                "assignee_id": None,
                "answer_id": None,
                "answered_at": None,
                "ended_at": None,
                "due_at": due,
            }
            casework.move(case_id, CaseMove.REVIVE, **anew)
    casework.write_line(case_id, casework.ESCALATED, actor_id)
    return case_id


def _due(ladder: Ladder) -> datetime | None:
    """When the team should have looked: as long from now as it has for a first reply."""
    promise = clocks.policy_for(ladder).promise(Metric.FIRST_REPLY_STAFF, ladder.factor)
    if promise is None:
        return None
    return due_at(promise.calendar, clock.now(), timedelta(minutes=promise.minutes[ladder.priority]))
