"""Staff close a question, open it again (or who asked does), and link questions that belong together."""

from common import audit, clock, freshness
from common.db import insert_once, update_where
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.housekeeping.acts import note_act
from forum.housekeeping.duplicates import mark_duplicate, unlink_duplicate
from forum.housekeeping.locking import unlock_thread
from forum.housekeeping.permissions import can_reopen
from forum.housekeeping.rules import ActType
from forum.masks.wearing import under_mask
from forum.questions.models import PostLink, Question
from forum.questions.permissions import can_close
from forum.questions.rules import CloseReason, LinkKind
from forum.questions.writing import clean_reason, visible_question


def close_question(
    actor: Actor,
    question_id: int,
    reason: CloseReason | str,
    *,
    duplicate_of_id: int | None = None,
    note: str = "",
    batch: str | None = None,
) -> bool:
    """Close a question; as a duplicate it names the question that has the solution. True when that is new."""
    with unit_of_work():
        require(can_close(actor))
        asker_id = visible_question(actor, question_id).author_id
        kind = _reason(reason)
        if kind == CloseReason.DUPLICATE:
            return mark_duplicate(actor, question_id, duplicate_of_id, note=note, batch=batch)
        words = clean_reason(note)
        open_ = (Question.id == question_id, Question.closed_at.is_(None))
        if not update_where(Question, *open_, closed_at=clock.now(), closed_reason=kind.value):
            return False
        record(events.QuestionClosed(question_id, asker_id, actor.member_id, kind.value))
        note_act(actor, ActType.CLOSE, question_id, note=words, batch=batch, reason=kind.value)
        return True


def reopen_question(actor: Actor, question_id: int, *, note: str = "", batch: str | None = None) -> bool:
    """Open a question again that was closed, linked to another one, or locked. True when it was."""
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = visible_question(actor, question_id)
        require(can_reopen(actor, question))
        if question.duplicate_of_id is not None:
            return unlink_duplicate(actor, question_id, note=note, batch=batch)
        if question.closed_at is None:
            return unlock_thread(actor, question_id, note=note, batch=batch)
        asker_id, before = question.author_id, question.closed_reason
        closed = (
            Question.id == question_id,
            Question.closed_at.is_not(None),
            Question.duplicate_of_id.is_(None),
        )
        if not update_where(Question, *closed, closed_at=None, closed_reason=None):
            return False
        record(events.QuestionReopened(question_id, asker_id, actor.member_id))
        note_act(actor, ActType.REOPEN, question_id, note=clean_reason(note), batch=batch, reason=before)
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
