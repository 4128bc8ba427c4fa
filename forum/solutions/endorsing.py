"""Staff recommend an answer, beside or instead of the asker's choice."""

from common import audit, clock
from common.db import update_where
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.questions.models import Post
from forum.questions.permissions import can_endorse
from forum.questions.rules import PostKind
from forum.questions.writing import hold_thread, require_shown, visible_post


def endorse_answer(actor: Actor, answer_id: int) -> bool:
    """Recommend an answer. True when that is new; several colleagues may try, one is recorded."""
    with unit_of_work():
        answer = _answer(actor, answer_id)
        require(can_endorse(actor, answer))
        question_id, author_id = answer.thread_id, answer.author_id
        require_shown(answer)
        free = (Post.id == answer_id, Post.endorsed_at.is_(None))
        if not update_where(Post, *free, endorsed_at=clock.now(), endorsed_by_id=actor.member_id):
            return False
        record(events.AnswerEndorsed(answer_id, question_id, author_id, actor.member_id))
        audit.write(actor, "answer.endorsed", "post", answer_id)
        return True


def withdraw_endorsement(actor: Actor, answer_id: int) -> bool:
    """Recommend it no more. True when it had been."""
    with unit_of_work():
        answer = _answer(actor, answer_id)
        require(can_endorse(actor, answer))
        question_id, author_id = answer.thread_id, answer.author_id
        given = (Post.id == answer_id, Post.endorsed_at.is_not(None))
        if not update_where(Post, *given, endorsed_at=None, endorsed_by_id=None):
            return False
        record(events.EndorsementWithdrawn(answer_id, question_id, author_id, actor.member_id))
        audit.write(actor, "answer.endorsement_withdrawn", "post", answer_id)
        return True


def _answer(actor: Actor, answer_id: int) -> Post:
    hold_thread(answer_id)
    answer, _question = visible_post(actor, answer_id)
    if answer.kind != PostKind.ANSWER:
        raise NotFound()
    return answer
