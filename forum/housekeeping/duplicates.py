"""Say that a question is already covered by another one: linked both ways, never deleted, and undone without loss."""

from __future__ import annotations

from sqlalchemy import delete, select

from common import clock, freshness
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, Verdict, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.housekeeping import carrying
from forum.housekeeping.acts import hold_alone, last_act, note_act, take_back
from forum.housekeeping.permissions import can_reopen, can_tidy
from forum.housekeeping.rules import ActType, final_of
from forum.questions.models import PostLink, Question
from forum.questions.rules import CloseReason, LinkKind, PostState
from forum.questions.writing import clean_reason, visible_question


def mark_duplicate(
    actor: Actor, question_id: int, original_id: int | None, *, note: str = "", batch: str | None = None,
    may: Verdict | None = None,
) -> bool:  # fmt: skip
    """Link a question to the one that has the answers. True when that is new. ``may``: the verdict of another subject.

    A chain is followed to its end, and what led to this question leads there too. Followers and "me too" go along.
    Raises Invalid (duplicate_of_id), and Conflict where the question is closed for another reason.
    """
    with unit_of_work():
        require(can_tidy(actor) if may is None else may)
        visible_question(actor, question_id)
        words = clean_reason(note)
        hold_alone(question_id)
        target_id = chosen_target(actor, question_id, original_id)
        hold_alone(question_id, target_id)
        question = visible_question(actor, question_id)
        if question.duplicate_of_id == target_id:
            return False
        if question.closed_at is not None or question.state != PostState.PUBLISHED:
            raise Conflict(_("This question is closed already: open it again first."))
        asker_id = question.author_id
        led_here = carrying.leading_to(question_id, Question.duplicate_of_id)
        values = {"closed_at": clock.now(), "closed_reason": CloseReason.DUPLICATE.value}
        open_ = (Question.id == question_id, Question.closed_at.is_(None))
        if not update_where(Question, *open_, duplicate_of_id=target_id, **values):
            return False
        insert_once(PostLink, question_id=question_id, linked_id=target_id, kind=LinkKind.DUPLICATE.value)
        carrying.lead_on(led_here, "duplicate_of_id", question_id, target_id)
        nameless = carrying.carry(question_id, target_id)
        note_act(
            actor, ActType.DUPLICATE, question_id, target_id=target_id, note=words, batch=batch, led_here=led_here,
            nameless=nameless,
        )  # fmt: skip
        record(events.QuestionClosed(question_id, asker_id, actor.member_id, CloseReason.DUPLICATE.value))
        freshness.touch(*(f"question:{one}" for one in (target_id, *led_here)))
        return True


def unlink_duplicate(actor: Actor, question_id: int, *, note: str = "", batch: str | None = None) -> bool:
    """It is a question of its own after all. True when it was linked. People return, what was linked here too."""
    with unit_of_work():
        target_id = visible_question(actor, question_id).duplicate_of_id
        if target_id is None:
            return False
        require(can_reopen(actor, visible_question(actor, question_id)))
        hold_alone(question_id, target_id)
        question = visible_question(actor, question_id)
        asker_id = question.author_id
        linked = (Question.id == question_id, Question.duplicate_of_id == target_id)
        if not update_where(Question, *linked, closed_at=None, closed_reason=None, duplicate_of_id=None):
            raise Conflict(_("A colleague has just changed this question."))
        same = (PostLink.question_id == question_id, PostLink.kind == LinkKind.DUPLICATE)
        db.session.execute(delete(PostLink).where(*same))
        act = last_act(question_id, ActType.DUPLICATE)
        led_here: list[int] = list(act.detail["led_here"]) if act else []
        carrying.lead_on(led_here, "duplicate_of_id", target_id, question_id)
        carrying.bring_back(question_id, target_id, led_here, act.detail["nameless"] if act else 0)
        if act is not None:
            take_back(actor, act)
        note_act(
            actor, ActType.REOPEN, question_id, target_id=target_id, note=clean_reason(note), batch=batch
        )
        record(events.QuestionUnlinked(question_id, target_id, asker_id, actor.member_id))
        freshness.touch(*(f"question:{one}" for one in (target_id, *led_here)))
        return True


def chosen_target(actor: Actor, question_id: int, target_id: int | None) -> int:
    """The published question that somebody chose as the one to lead to, or the one that it leads to itself."""
    if target_id is None:
        raise _wrong(_("Give the number of the question that was there first."))
    final_id = final_of(target_id, _onward_from(target_id))
    try:
        target = visible_question(actor, final_id)
    except NotFound:
        raise _wrong(_("There is no question with this number.")) from None
    if target.id == question_id and target_id != question_id:
        raise _wrong(_("That question is linked to this one already."))
    if target.id == question_id or target.state != PostState.PUBLISHED:
        raise _wrong(_("There is no question with this number."))
    return final_id


def _onward_from(start_id: int) -> dict[int, int | None]:
    """Where each question of a chain leads; one step at a time, each is stored with its end."""
    steps: dict[int, int | None] = {}
    here: int | None = start_id
    while here is not None and here not in steps:
        rows = Question.__table__.c
        row = db.session.execute(
            select(rows.merged_into_id, rows.duplicate_of_id, Question.state).where(Question.id == here)
        ).first()
        merged = row.merged_into_id if row and row.state == PostState.MERGED else None
        steps[here] = merged or (row.duplicate_of_id if row else None)
        here = steps[here]
    return steps


def _wrong(sentence: Sentence) -> Invalid:
    return Invalid(fields={"duplicate_of_id": sentence})
