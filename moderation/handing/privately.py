"""From a public question to the form of its case that asks the asker to go on in private (domain/escalation.md §C3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from common import audit
from common.db import db
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.questions.rules import HelpState
from moderation.escalation import casework
from moderation.escalation.models import Case
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import OPEN
from moderation.handing import opening

GOES_ON = frozenset({HelpState.OPEN, HelpState.ANSWERED, HelpState.NEEDS_INFO})
"""States in which something may go on in private."""


def case_to_ask_in(actor: Actor, question_id: int) -> int:
    """The open case of a question, or one that opens for it; nothing is asked yet. Again is harmless.

    Raises Forbidden, NotFound, Conflict (it is settled).
    """
    require(can_work(actor))
    with unit_of_work():
        casework.hold(question_id)
        if (case := open_case_of(question_id)) is not None:
            return case.id
        state = db.session.scalar(select(Question.help_state).where(Question.id == question_id))
        if state is None:
            raise NotFound()
        if state not in GOES_ON:
            raise Conflict(_("This question is settled already."))
        case_id = opening.open_case(question_id, actor.member_id, "")
        if case_id is None:
            raise NotFound()
        audit.write(actor, "case.opened_to_ask", "support_case", case_id)
        return case_id


def open_case_of(question_id: int) -> Any:
    """The case of a question that the team works on, with its agent."""
    query = select(Case.id, Case.assignee_id).where(Case.question_id == question_id, Case.state.in_(OPEN))
    return db.session.execute(query.order_by(Case.id.desc()).limit(1)).first()
