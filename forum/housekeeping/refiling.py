"""Move a question to another category, give it a better title or other topics: the author is told, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from common.db import db
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.housekeeping.acts import load_act, note_act, take_back
from forum.housekeeping.models import TidyAct
from forum.housekeeping.rules import ActType
from forum.questions.editing import edit_post
from forum.questions.models import Question
from forum.questions.tagging import tags_of
from forum.questions.writing import clean_reason, standing_question


def move_question(
    actor: Actor, question_id: int, category_id: int, *, note: str, batch: str | None = None
) -> bool:
    """Put a question into another category, with a word why. True when it was elsewhere."""
    with unit_of_work():
        question = standing_question(actor, question_id)
        before, asker_id, version = question.category_id, question.author_id, question.version
        if before == category_id:
            return False
        edit_post(actor, question.id, version=version, category_id=category_id, reason=note)
        _keep(actor, ActType.MOVE, question_id, asker_id, note, batch, before=before, after=category_id)
        return True


def retitle_question(actor: Actor, question_id: int, title: str, *, note: str) -> bool:
    """Give a question another title; the one before stays in its history. True when it changed."""
    with unit_of_work():
        question = standing_question(actor, question_id)
        before, asker_id, version = question.title, question.author_id, question.version
        edit_post(actor, question.id, version=version, title=title, reason=note)
        after = db.session.get_one(Question, question_id).title
        if after == before:
            return False
        _keep(actor, ActType.RETITLE, question_id, asker_id, note, None, before=before, after=after)
        return True


def retag_question(
    actor: Actor, question_id: int, *, add: Iterable[str] = (), drop: Iterable[str] = (), note: str,
    batch: str | None = None,
) -> bool:  # fmt: skip
    """Give a question a topic more, or one less. True when it changed."""
    with unit_of_work():
        question = standing_question(actor, question_id)
        before, asker_id, version = list(tags_of(question_id)), question.author_id, question.version
        gone = set(drop)
        wanted = [key for key in before if key not in gone] + list(add)
        edit_post(actor, question.id, version=version, tags=wanted, reason=note)
        after = list(tags_of(question_id))
        if after == before:
            return False
        _keep(actor, ActType.RETAG, question_id, asker_id, note, batch, before=before, after=after)
        return True


def refile_back(actor: Actor, act_id: int) -> bool:
    """Undo a move, a title or topics, unless somebody has changed them since."""
    with unit_of_work():
        act = load_act(act_id)
        question_id, kind, detail = act.question_id, ActType(act.kind), act.detail
        question = standing_question(actor, question_id)
        now = {
            ActType.MOVE: question.category_id,
            ActType.RETITLE: question.title,
            ActType.RETAG: list(tags_of(question_id)),
        }[kind]
        if now != detail["after"]:
            raise Conflict(_("A colleague has just changed this question."))
        version, field = question.version, _FIELDS[kind]
        take_back(actor, db.session.get_one(TidyAct, act_id))
        undo = str(_("Back as it was"))
        edit_post(actor, question_id, version=version, reason=undo, **{field: detail["before"]})
        record(events.QuestionFiledBack(question_id, kind.value))
        return True


_FIELDS = {ActType.MOVE: "category_id", ActType.RETITLE: "title", ActType.RETAG: "tags"}


def _keep(
    actor: Actor, kind: ActType, question_id: int, asker_id: int | None, note: str, batch: str | None, **detail: Any
) -> None:  # fmt: skip
    act_id = note_act(actor, kind, question_id, note=clean_reason(note), batch=batch, **detail)
    if actor.member_id != asker_id:
        record(events.QuestionRefiled(question_id, asker_id, actor.member_id, act_id, kind.value))
