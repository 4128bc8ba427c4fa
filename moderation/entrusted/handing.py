"""Hand a question to the team with one click."""

from __future__ import annotations

from common import clock, freshness, limits, settings, text
from common.db import db
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.writing import published_question
from moderation.entrusted.permissions import can_hand_over
from moderation.escalation import casework, laddering, notices
from moderation.escalation.models import CaseNote

WORDS_MOST = 500


def hand_over(actor: Actor, question_id: int, words: str = "") -> int:
    """The question is a case of the team from now on; ``words`` is a note only the team reads. Returns the case's id.

    Handed over already, it stays the case it is. Raises NotFound, Forbidden, Invalid, TooMany, Conflict (nothing waits).
    """
    said = text.normalise(words).strip()
    if len(said) > WORDS_MOST:
        raise Invalid(fields={"words": _("Please keep to %(high)s characters.", high=WORDS_MOST)})
    with unit_of_work():
        require(can_hand_over(actor, published_question(actor, question_id)))
        limits.hit("entrusted", actor.member_id or 0, f"{settings.get('moderation.entrusted_a_day')}/day")
        case_id = laddering.escalate(question_id, actor.member_id)
        if said:
            db.session.add(
                CaseNote(case_id=case_id, author_id=actor.member_id, body=said, created_at=clock.now())
            )
        case = casework.load(case_id)
        notices.tell_staff("case-opened", casework.agent_ids(), case, "opened", actor_id=actor.member_id)
        freshness.touch(f"question:{question_id}")
    return case_id
