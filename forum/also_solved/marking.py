"""Answers beside the solution that solved it too: said by the asker, where the community allows it (off by default).

There is one solution, which stands first and brings points; these are marked, asked about ("did this help you?") and
bring none. A mark names the question it was made in, so it holds only while its answer stands there: a merge or a split
suspends it, and undoing that brings it back. Source: FEATURES A5; domain/invariants.md 72 (one accepted answer).
"""

from __future__ import annotations

from sqlalchemy import func, select

from common import settings
from common.db import db, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.masks.wearing import under_mask
from forum.questions.models import Post, Question
from forum.questions.permissions import can_mark_also, can_settle
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import hold_thread, published_question, require_shown, visible_post
from forum.solutions.counting import lock_question


def mark_also(actor: Actor, answer_id: int) -> bool:
    """Say that an answer solved it too. True when that is new. Raises Conflict where enough are marked."""
    actor = under_mask(actor, answer_id)
    with unit_of_work():
        question, answer = _found(actor, answer_id)
        require(can_mark_also(actor, question, answer))
        require_shown(answer)
        question_id, author_id, main_id = question.id, answer.author_id, question.accepted_answer_id
        if answer.also_solves_id == question_id:
            return False
        lock_question(question_id)
        marked = select(func.count()).where(
            Post.question_id == question_id, Post.also_solves_id == question_id, Post.id != main_id,
            Post.state == PostState.PUBLISHED,
        )  # fmt: skip
        if (db.session.scalar(marked) or 0) >= settings.get("forum.more_solutions"):
            raise Conflict(_("Enough answers are marked. Take one back first."))
        fresh = (Post.id == answer_id, Post.also_solves_id.is_distinct_from(question_id))
        if not update_where(Post, *fresh, also_solves_id=question_id):
            return False
        record(events.AlsoSolved(answer_id, question_id, author_id, actor.member_id))
        return True


def unmark_also(actor: Actor, answer_id: int) -> bool:
    """Say so no more. True when it was marked."""
    actor = under_mask(actor, answer_id)
    with unit_of_work():
        question, answer = _found(actor, answer_id)
        require(can_settle(actor, question))
        question_id, author_id = question.id, answer.author_id
        if not update_where(
            Post, Post.id == answer_id, Post.also_solves_id == question_id, also_solves_id=None
        ):
            return False
        record(events.AlsoSolvedWithdrawn(answer_id, question_id, author_id, actor.member_id))
        return True


def _found(actor: Actor, answer_id: int) -> tuple[Question, Post]:
    thread_id = hold_thread(answer_id)
    answer, _question = visible_post(actor, answer_id)
    if answer.kind != PostKind.ANSWER:
        raise NotFound()
    return published_question(actor, thread_id), answer
