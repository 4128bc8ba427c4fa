"""Who asked, for the team: every look leaves a line in the audit trail."""

from __future__ import annotations

from accounts.masks.queries import person_behind
from accounts.members.queries import MemberCard, card
from common import audit
from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.masks.permissions import can_see_person
from forum.questions.models import Question


def look_behind(actor: Actor, question_id: int) -> MemberCard:
    """Who asked a question; the look is kept in the audit trail. Raises Forbidden, NotFound."""
    require(can_see_person(actor))
    with unit_of_work():
        question = db.session.get(Question, question_id)
        person_id = person_behind(question.author_id) if question is not None else None
        if question is None or person_id is None or person_id == question.author_id:
            raise NotFound()
        audit.write(actor, "mask.looked", "question", question_id)
        return card(person_id)
