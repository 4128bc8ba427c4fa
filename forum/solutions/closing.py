"""Staff close a question, open it again, and link questions that belong together."""

from sqlalchemy import delete, select

from common import audit, clock, freshness
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.questions.models import PostLink, Question
from forum.questions.permissions import can_close
from forum.questions.rules import CloseReason, LinkKind, PostState
from forum.questions.writing import clean_reason, visible_question
from forum.solutions.counting import lock_question


def close_question(
    actor: Actor,
    question_id: int,
    reason: CloseReason | str,
    *,
    duplicate_of_id: int | None = None,
    note: str = "",
) -> bool:
    """Close a question; as a duplicate it names the question that has the solution. True when that is new."""
    with unit_of_work():
        require(can_close(actor))
        asker_id = visible_question(actor, question_id).author_id
        kind = _reason(reason)
        words = clean_reason(note)
        if kind == CloseReason.DUPLICATE:
            original_id = _require_original(actor, question_id, duplicate_of_id)
            _link(question_id, original_id, LinkKind.DUPLICATE)
        else:
            duplicate_of_id = None
        open_ = (Question.id == question_id, Question.closed_at.is_(None))
        values = {"closed_at": clock.now(), "closed_reason": kind.value, "duplicate_of_id": duplicate_of_id}
        if not update_where(Question, *open_, **values):
            return False
        record(events.QuestionClosed(question_id, asker_id, actor.member_id, kind.value))
        audit.write(
            actor, "question.closed", "question", question_id, None, [kind.value, duplicate_of_id], words
        )
        return True


def reopen_question(actor: Actor, question_id: int, *, note: str = "") -> bool:
    """Open a closed question again. True when it was closed."""
    with unit_of_work():
        require(can_close(actor))
        question = visible_question(actor, question_id)
        asker_id, before = question.author_id, [question.closed_reason, question.duplicate_of_id]
        closed = (Question.id == question_id, Question.closed_at.is_not(None))
        if not update_where(Question, *closed, closed_at=None, closed_reason=None, duplicate_of_id=None):
            return False
        same = (PostLink.question_id == question_id, PostLink.kind == LinkKind.DUPLICATE)
        db.session.execute(delete(PostLink).where(*same))
        record(events.QuestionReopened(question_id, asker_id, actor.member_id))
        audit.write(actor, "question.reopened", "question", question_id, before, None, clean_reason(note))
        return True


def link_questions(actor: Actor, question_id: int, linked_id: int) -> bool:
    """Say that two questions are related. True when that is new."""
    with unit_of_work():
        require(can_close(actor))
        visible_question(actor, question_id)
        visible_question(actor, linked_id)
        if question_id == linked_id:
            raise Invalid(fields={"linked_id": _("A question cannot be linked to itself.")})
        if not _link(question_id, linked_id, LinkKind.RELATED):
            return False
        freshness.touch(f"question:{question_id}", f"question:{linked_id}")
        audit.write(actor, "question.linked", "question", question_id, None, linked_id)
        return True


def _link(question_id: int, linked_id: int, kind: LinkKind) -> bool:
    return insert_once(PostLink, question_id=question_id, linked_id=linked_id, kind=kind.value) is not None


def _reason(reason: CloseReason | str) -> CloseReason:
    try:
        return CloseReason(reason)
    except ValueError:
        raise Invalid(fields={"reason": _("Choose a reason.")}) from None


def _require_original(actor: Actor, question_id: int, original_id: int | None) -> int:
    """The original is another published question, and no duplicate itself (which could end in a circle)."""
    if original_id is None:
        raise Invalid(fields={"duplicate_of_id": _("Give the number of the question that was there first.")})
    lock_question(question_id, original_id)  # two colleagues closing them onto each other: one waits
    try:
        original = visible_question(actor, original_id)
    except NotFound:
        raise Invalid(fields={"duplicate_of_id": _("There is no question with this number.")}) from None
    if original.id == question_id or original.state != PostState.PUBLISHED:
        raise Invalid(fields={"duplicate_of_id": _("There is no question with this number.")})
    if original.duplicate_of_id is not None:
        raise Invalid(
            fields={"duplicate_of_id": _("That question is a duplicate itself: link to its original.")}
        )
    points_here = select(Question.id).where(Question.duplicate_of_id == question_id).limit(1)
    if db.session.scalar(points_here) is not None:
        raise Conflict(_("Other questions are linked to this one as their original: close those first."))
    return original_id
