"""Mark the solution of a question, and undo it.

At most one answer is accepted: a conditional update on the question decides who was first. An accepted answer that was
hidden or removed keeps its place until another is chosen, so that restoring it restores the solution.
"""

from sqlalchemy import and_, exists, or_
from sqlalchemy.orm import aliased

from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.masks.wearing import under_mask
from forum.questions.models import Post, Question
from forum.questions.permissions import can_accept, is_own
from forum.questions.rules import AcceptedHow, PostKind, PostState
from forum.questions.writing import clean_reason, needed_reason, published_question, require_shown


def accept_answer(
    actor: Actor,
    question_id: int,
    answer_id: int,
    *,
    reason: str = "",
    replace: bool = False,
    automatic: bool = False,
) -> bool:
    """Mark an answer as the solution. True when that is new; accepting the same answer again changes nothing, but that
    the asker may confirm what others marked.

    `replace` puts it in the place of the present solution. Staff give a `reason`, which is audited. `automatic`: it was
    proposed and nobody objected.
    Raises NotFound, Forbidden, Invalid (reason), and Conflict when another solution is there or came first.
    """
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = published_question(actor, question_id)
        question_id = question.id
        answer = _published_answer(question_id, answer_id)
        require(can_accept(actor, question, answer))
        words = _reason(actor, question, reason)
        asker_id, author_id, before_id = question.author_id, answer.author_id, question.accepted_answer_id
        how = _how(actor, question, automatic)
        if before_id == answer_id:
            return how == AcceptedHow.ASKER and _confirm(question_id, answer_id, author_id, asker_id)
        _choose(question_id, answer_id, before_id, replace, how)
        if before_id is not None:
            old_author_id = db.session.get_one(Post, before_id).author_id
            record(events.AnswerUnaccepted(question_id, before_id, old_author_id, asker_id, actor.member_id))
        record(events.AnswerAccepted(question_id, answer_id, author_id, asker_id, actor.member_id))
        if actor.member_id != asker_id:
            audit.write(actor, "answer.accepted", "question", question_id, before_id, answer_id, words)
        return True


def unaccept_answer(actor: Actor, question_id: int, *, reason: str = "") -> bool:
    """Say that the question is not solved after all. True when it had a solution."""
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = published_question(actor, question_id)
        question_id = question.id
        require(can_accept(actor, question))
        words = _reason(actor, question, reason)
        answer_id, asker_id = question.accepted_answer_id, question.author_id
        if answer_id is None or not _clear(question_id, answer_id):
            return False
        author_id = db.session.get_one(Post, answer_id).author_id
        record(events.AnswerUnaccepted(question_id, answer_id, author_id, asker_id, actor.member_id))
        if actor.member_id != asker_id:
            audit.write(actor, "answer.unaccepted", "question", question_id, answer_id, None, words)
        return True


def drop_acceptance(actor: Actor, answer: Post) -> None:
    """An answer goes for good: it is the solution no more. Inside an open unit of work."""
    question = db.session.get_one(Question, answer.thread_id)
    asker_id, answer_id, author_id, thread_id = question.author_id, answer.id, answer.author_id, question.id
    if question.accepted_answer_id == answer_id and _clear(thread_id, answer_id):
        record(events.AnswerUnaccepted(thread_id, answer_id, author_id, asker_id, actor.member_id))


def _how(actor: Actor, question: Question, automatic: bool) -> AcceptedHow:
    if is_own(actor, question):
        return AcceptedHow.ASKER
    return AcceptedHow.AUTOMATIC if automatic else AcceptedHow.STAFF


def _confirm(question_id: int, answer_id: int, author_id: int | None, asker_id: int | None) -> bool:
    """The asker agrees with what the team, or the clock, had marked."""
    marked = (Question.id == question_id, Question.accepted_answer_id == answer_id)
    by_others = Question.accepted_how.in_((AcceptedHow.STAFF, AcceptedHow.AUTOMATIC))
    if not update_where(Question, *marked, by_others, accepted_how=AcceptedHow.ASKER):
        return False
    record(events.SolutionConfirmed(question_id, answer_id, author_id, asker_id, asker_id))
    return True


def _choose(question_id: int, answer_id: int, before_id: int | None, replace: bool, how: AcceptedHow) -> None:
    old = aliased(Post)
    gone = exists().where(old.id == Question.accepted_answer_id, old.state != PostState.PUBLISHED)
    free = or_(Question.accepted_answer_id.is_(None), gone)
    allowed = (
        or_(free, Question.accepted_answer_id == before_id) if replace and before_id is not None else free
    )
    same_as_seen = Question.accepted_answer_id.is_not_distinct_from(before_id)
    criteria = (Question.id == question_id, and_(allowed, same_as_seen))
    values = {"accepted_answer_id": answer_id, "accepted_at": clock.now(), "accepted_how": how}
    if not update_where(Question, *criteria, **values, self_solved_at=None):
        raise Conflict(_("This question already has a solution. Confirm to put this answer in its place."))


def _clear(question_id: int, answer_id: int) -> int:
    criteria = (Question.id == question_id, Question.accepted_answer_id == answer_id)
    return update_where(Question, *criteria, accepted_answer_id=None, accepted_at=None, accepted_how=None)


def _published_answer(question_id: int, answer_id: int) -> Post:
    answer = db.session.get(Post, answer_id, populate_existing=True)
    if answer is None or answer.kind != PostKind.ANSWER or answer.question_id != question_id:
        raise NotFound()
    require_shown(answer)
    return answer


def _reason(actor: Actor, question: Question, reason: str) -> str:
    needs_none = is_own(actor, question) or actor.is_system
    return clean_reason(reason) if needs_none else needed_reason(reason)
