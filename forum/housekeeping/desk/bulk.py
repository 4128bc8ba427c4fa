"""One act for many questions: looked at first, each done for itself with its own log line, and undone together.

Source: domain/moderation.md §B2.4 (preview, at most 200, what cannot be done is passed over and reported).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from common.db import db
from common.errors import Invalid, Refusal
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.housekeeping.locking import lock_thread
from forum.housekeeping.merging import merge_question
from forum.housekeeping.models import TidyAct
from forum.housekeeping.permissions import can_tidy
from forum.housekeeping.refiling import move_question, retag_question
from forum.housekeeping.rules import MOST_AT_ONCE, Many, confirmed
from forum.housekeeping.undoing import undo_act
from forum.questions.models import Question
from forum.questions.writing import needed_reason, visible_question
from forum.solutions.closing import close_question, reopen_question

UNCHANGED = _("It is so already.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to each of many questions. ``note`` is read by the people concerned."""

    act: Many
    note: str
    target_id: int | None = None
    category_id: int = 0
    topic: str = ""
    reason: str = ""


@dataclass
class Outcome:
    """What became of each question: done, or passed over with the reason."""

    done: list[int] = field(default_factory=list)
    passed_over: dict[int, Sentence | str] = field(default_factory=dict)


class _JustLooking(Exception):
    """Ends a unit of work that only looked whether it would go."""


def preview(actor: Actor, question_ids: Sequence[int], plan: Plan) -> Outcome:
    """What would become of each: every act is tried in a transaction of its own that is given up."""
    require(can_tidy(actor))
    needed_reason(plan.note)
    return _each(question_ids, lambda question_id: _try(actor, question_id, plan))


def do_many(actor: Actor, question_ids: Sequence[int], plan: Plan, batch: str, typed: str = "") -> Outcome:
    """Do it. More than 25 need their number, typed; the same batch sent twice finds everything done.

    Raises Forbidden and Invalid (confirm, reason) before anything happens.
    """
    require(can_tidy(actor))
    needed_reason(plan.note)
    ids = list(dict.fromkeys(question_ids))[:MOST_AT_ONCE]
    if not confirmed(len(ids), typed):
        raise Invalid(fields={"confirm": _("Type the number of questions: %(count)s.", count=len(ids))})
    return _each(ids, lambda question_id: _do(actor, question_id, plan, batch[:32]))


def undo_many(actor: Actor, batch: str) -> Outcome:
    """Undo all that stands of a batch, the newest first; what others have built on stays and is reported."""
    require(can_tidy(actor))
    alive = (TidyAct.batch == batch[:32], TidyAct.undone_at.is_(None))
    query = select(TidyAct.id, TidyAct.question_id).where(*alive).order_by(TidyAct.id.desc())
    acts = {question_id: act_id for act_id, question_id in db.session.execute(query.limit(MOST_AT_ONCE))}
    db.session.rollback()
    return _each(list(acts), lambda question_id: undo_act(actor, acts[question_id]))


def _each(question_ids: Sequence[int], act: Callable[[int], bool]) -> Outcome:
    outcome = Outcome()
    for question_id in question_ids[:MOST_AT_ONCE]:
        try:
            if act(question_id):
                outcome.done.append(question_id)
            else:
                outcome.passed_over[question_id] = UNCHANGED
        except Refusal as refusal:
            fields = getattr(refusal, "fields", {})
            outcome.passed_over[question_id] = next(iter(fields.values()), refusal.sentence)
    return outcome


def _try(actor: Actor, question_id: int, plan: Plan) -> bool:
    changed = False
    try:
        with unit_of_work():
            changed = _do(actor, question_id, plan, None)
            raise _JustLooking
    except _JustLooking:
        return changed


def _do(actor: Actor, question_id: int, plan: Plan, batch: str | None) -> bool:
    with unit_of_work():
        more: dict[str, Any] = {"note": plan.note, "batch": batch}
        if plan.act == Many.DUPLICATE:
            return close_question(actor, question_id, "duplicate", duplicate_of_id=plan.target_id, **more)
        if plan.act == Many.MERGE:
            return merge_question(actor, question_id, plan.target_id, **more) is not None
        if plan.act == Many.MOVE:
            return move_question(actor, question_id, plan.category_id, **more)
        if plan.act in (Many.TAG, Many.UNTAG):
            names: dict[str, Any] = {"add": [plan.topic]} if plan.act == Many.TAG else {"drop": [plan.topic]}
            return retag_question(actor, question_id, **names, **more)
        if plan.act == Many.LOCK:
            return lock_thread(actor, question_id, plan.reason, **more)
        if plan.act == Many.CLOSE:
            return close_question(actor, question_id, plan.reason, **more)
        return reopen_question(actor, question_id, **more)


def titles_of(actor: Actor, question_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and slug of those of the questions that this actor may see."""
    wanted = select(Question.id).where(Question.id.in_(list(question_ids)[:MOST_AT_ONCE]))
    found = {}
    for question_id in db.session.scalars(wanted).all():
        try:
            question = visible_question(actor, question_id)
        except Refusal:
            continue
        found[question_id] = (question.title, question.slug)
    return found
