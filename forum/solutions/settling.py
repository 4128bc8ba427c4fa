"""The asker says whether it is solved: by an answer, by none in particular, or not at all."""

from __future__ import annotations

from typing import Any

from common import clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.masks.wearing import under_mask
from forum.questions.models import Post, Question
from forum.questions.permissions import can_settle
from forum.questions.rules import CloseReason, Ending, HelpState
from forum.questions.writing import published_question
from forum.solutions import numbers, proposing
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.counting import valid_answer_ids
from forum.solutions.rules import REOPENABLE, may_reopen


def say_solved(actor: Actor, question_id: int, answer_id: int | None = None) -> bool:
    """It is solved: by this answer, by the only one there is, or by no answer in particular. True when that is new."""
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = published_question(actor, question_id)
        require(can_settle(actor, question))
        accepted_id, asker_id = question.accepted_answer_id, question.author_id
        chosen = answer_id or question.proposed_answer_id or accepted_id or _only_answer(question_id)
        if chosen is not None:
            return accept_answer(actor, question_id, chosen, replace=answer_id is not None)
        open_ = (Question.id == question_id, Question.self_solved_at.is_(None))
        if not update_where(Question, *open_, self_solved_at=clock.now(), unsolved_at=None):
            return False
        record(events.QuestionDeclaredSolved(question_id, asker_id))
        return True


def _only_answer(question_id: int) -> int | None:
    found = valid_answer_ids(question_id)
    return found[0] if len(found) == 1 else None


def say_unsolved(actor: Actor, question_id: int) -> bool:
    """It is still a problem: what was answered before counts no more, and the clock begins anew. True when that is new.

    Raises Forbidden some weeks after the question was settled: then a new question, linked to this one, is better.
    """
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = published_question(actor, question_id)
        require(can_settle(actor, question))
        state, asker_id = HelpState(question.help_state), question.author_id
        if state == HelpState.OPEN:
            return False
        if state not in REOPENABLE:
            raise Conflict(_("This question is not settled: there is nothing to open again."))
        _require_in_time(question)
        accepted_id, before = question.accepted_answer_id, question.unsolved_at
        seen = (Question.id == question_id, Question.unsolved_at.is_not_distinct_from(before))
        if not update_where(Question, *seen, **_nothing_settled()):
            return False
        _open_if_quiet(question_id)
        record(events.QuestionUnsettled(question_id, asker_id))
        if accepted_id is not None:
            unaccept_answer(actor, question_id)
        proposing.end(question_id, Ending.DECLINED, actor.member_id)
        return True


def _require_in_time(question: Question) -> None:
    ended_at = question.resolved_at or question.presumed_at
    if not may_reopen(ended_at, clock.now(), numbers.reopening()):
        raise Forbidden(
            _("This was settled long ago. Ask a new question and mention this one: more people will see it.")
        )


def _nothing_settled() -> dict[str, Any]:
    return {"unsolved_at": clock.now(), "self_solved_at": None, "presumed_at": None}


def _open_if_quiet(question_id: int) -> None:
    """A question that was only closed because it was solved and quiet takes answers again."""
    quiet = (Question.id == question_id, Question.closed_reason == CloseReason.QUIET)
    update_where(Question, *quiet, closed_at=None, closed_reason=None)


def answers_to_choose(question_id: int, limit: int = 10) -> list[Post]:
    """The answers an asker may name as the solution, the most useful first; for a page that asks."""
    ids = valid_answer_ids(question_id)
    found = db.session.query(Post).filter(Post.id.in_(ids))
    return list(found.order_by(Post.kudos_count.desc(), Post.id).limit(limit))
