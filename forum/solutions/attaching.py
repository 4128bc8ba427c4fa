"""A question that goes on elsewhere: in private with the team, or under an incident. For the packages above.

They say so by these verbs; the state of the question, its banner and the clocks follow from the facts stored here.
"""

from __future__ import annotations

from typing import Any

from common import audit, clock
from common.db import update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.questions.models import Question
from forum.questions.permissions import can_close
from forum.questions.writing import published_question

PRIVATE, INCIDENT = "private", "incident"
_COLUMN = {PRIVATE: "private_at", INCIDENT: "incident_at"}


def continue_in_private(actor: Actor, question_id: int) -> bool:
    """The team helps this asker in private. True when that is new."""
    return _go(actor, question_id, PRIVATE)


def back_from_private(actor: Actor, question_id: int) -> bool:
    """What was private is over: the question is again what its answers make it. True when it had been private."""
    return _come_back(actor, question_id, PRIVATE)


def end_private(actor: Actor, question_id: int) -> bool:
    """What was private is settled: no new wait begins. True when it had been private."""
    return _come_back(actor, question_id, PRIVATE, over=True)


def attach_to_incident(actor: Actor, question_id: int) -> bool:
    """The question is one of an incident: its clocks rest until that is resolved. True when that is new."""
    return _go(actor, question_id, INCIDENT)


def detach_from_incident(actor: Actor, question_id: int) -> bool:
    """It was no part of that incident: the clocks go on. True when the question had been attached."""
    return _come_back(actor, question_id, INCIDENT)


def end_of_incident(actor: Actor, question_id: int) -> bool:
    """The incident is resolved: that is an answer, and the asker is asked whether it helped. True when it was attached."""
    return _come_back(actor, question_id, INCIDENT, over=True, incident_over_at=clock.now())


def _go(actor: Actor, question_id: int, where: str) -> bool:
    with unit_of_work():
        require(can_close(actor))
        question = published_question(actor, question_id)
        if question.accepted_answer_id is not None:
            raise Conflict(_("This question already has a solution."))
        column = _COLUMN[where]
        free = (Question.id == question_id, getattr(Question, column).is_(None))
        if not update_where(Question, *free, **{column: clock.now()}):
            return False
        record(events.QuestionContinuedElsewhere(question_id, actor.member_id, where))
        audit.write(actor, f"question.{where}", "question", question_id)
        return True


def _come_back(actor: Actor, question_id: int, where: str, over: bool = False, **values: Any) -> bool:
    with unit_of_work():
        require(can_close(actor))
        column = _COLUMN[where]
        there = (Question.id == question_id, getattr(Question, column).is_not(None))
        if not update_where(Question, *there, **{column: None}, **values):
            return False
        record(events.QuestionCameBack(question_id, actor.member_id, f"{where}_over" if over else where))
        audit.write(actor, f"question.{where}_over", "question", question_id)
        return True
