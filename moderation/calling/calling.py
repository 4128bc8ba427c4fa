"""Who asked calls the team to their question."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.questions.permissions import member_of
from forum.questions.writing import published_question
from moderation.calling.permissions import Waiting, can_call
from moderation.escalation import casework, clocks, laddering, notices
from moderation.escalation.models import CaseEvent, Ladder
from moderation.escalation.rules import OPEN

DAY = timedelta(days=1)


def waiting_of(actor: Actor, question: Question, ladder: Ladder) -> Waiting:
    """What is true of it now, and what this member has called for today."""
    case = clocks.case_now(ladder)
    query = select(func.count(CaseEvent.case_id.distinct())).where(
        CaseEvent.kind == "called", CaseEvent.actor_id == actor.member_id, CaseEvent.at > clock.now() - DAY
    )
    called = db.session.scalar(query) if actor.member_id is not None else 0
    answered = ladder.answered_at is not None or ladder.stopped_at is not None
    asker = frozenset({question.author_id} if question.author_id is not None else ())
    return Waiting(asker, ladder.started_at, answered, case is not None and case.state in OPEN, called or 0)


def look(actor: Actor, question_id: int) -> tuple[Question, Waiting]:
    """A question somebody would like to call the team to. Raises NotFound; Conflict where nothing waits."""
    question = published_question(actor, question_id)
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    if ladder is None:
        raise Conflict(_("This question does not wait for an answer any more."))
    return question, waiting_of(actor, question, ladder)


def call(actor: Actor, question_id: int) -> int:
    """Pass the question to the team now; returns its case. Twice is once. Raises Forbidden, NotFound, Conflict."""
    member_id = member_of(actor)
    with unit_of_work():
        published_question(actor, question_id)
        casework.hold(question_id)
        casework.hold_desks(member_id)  # of two calls at once the second counts the first
        _question, waiting = look(actor, question_id)
        ladder = db.session.get_one(Ladder, question_id)
        case = clocks.case_now(ladder)
        if case is not None and case.state in OPEN and _called_by(case.id, member_id):
            return case.id
        require(can_call(actor, waiting))
        case_id = laddering.escalate(question_id, member_id)
        casework.write_line(case_id, "called", member_id)
        notices.tell_staff(
            "case-opened", casework.agent_ids(), casework.load(case_id), "opened", actor_id=member_id
        )
        return case_id


def _called_by(case_id: int, member_id: int) -> bool:
    mine = (CaseEvent.case_id == case_id, CaseEvent.kind == "called", CaseEvent.actor_id == member_id)
    return db.session.scalar(select(CaseEvent.id).where(*mine).limit(1)) is not None
