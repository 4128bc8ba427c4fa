""" "Did this help you?": one mark for each member or visitor and answer, changeable, with an optional private word.

The counts beside the answer are written with the mark. A visitor is known by a random name in a signed cookie, kept
here only as a hash that leads nowhere else; a member who said it as a visitor before is counted once. What decides
something asks members alone (``reactions.helpfulness``).
"""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, delete, select

from common import clock, freshness, text
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.masks.wearing import under_mask
from forum.questions.models import HelpedMark, Post, Question
from forum.questions.permissions import can_say_helped
from forum.questions.rules import PostKind
from forum.questions.writing import hold_thread, visible_post
from forum.solutions import sweeping

WORDS_MOST = 300


def say_helped(actor: Actor, answer_id: int, helped: bool, browser: str, words: str = "") -> bool:
    """Count a yes or a no; ``browser`` is what the visitor's browser keeps, ``words`` say in private what was missing.

    True when that is new; the same again changes nothing but the words.
    """
    actor = under_mask(actor, answer_id)
    said = "" if helped else " ".join(text.normalise(words).split())[:WORDS_MOST]
    with unit_of_work():
        hold_thread(answer_id)
        answer, question = visible_post(actor, answer_id)
        if answer.kind != PostKind.ANSWER:
            raise NotFound()
        require(can_say_helped(actor, question, answer))
        question_id = question.id
        if not _is_asked(answer, question):
            raise Conflict(_("This is not asked about this answer any more."))
        visitor = visitor_of(answer_id, browser)
        if actor.signed_in:
            _forget(answer_id, HelpedMark.visitor == visitor)
        giver: dict[str, object] = {"member_id": actor.member_id} if actor.signed_in else {"visitor": visitor}
        new = _mark(answer_id, giver, helped, said)
        if new:
            freshness.touch(f"question:{question_id}")
            if actor.signed_in:
                sweeping.weigh_if_accepted(question_id)
        return new


def say_otherwise(actor: Actor, answer_id: int, would_contact: bool, browser: str) -> bool:
    """Whom an answer helped says whether they would have contacted the team without it. False when it did not help them, or
    they said the same before (domain/escalation.md §C6, indirect deflection)."""
    actor = under_mask(actor, answer_id)
    with unit_of_work():
        answer, question = visible_post(actor, answer_id)
        require(can_say_helped(actor, question, answer))
        row = (
            HelpedMark.post_id == answer_id,
            _giver(actor, answer_id, browser),
            HelpedMark.helped.is_(True),
        )
        return bool(update_where(HelpedMark, *row, HelpedMark.would_contact.is_distinct_from(would_contact), would_contact=would_contact))  # fmt: skip


def _giver(actor: Actor, answer_id: int, browser: str) -> ColumnElement[bool]:
    if actor.signed_in:
        return HelpedMark.member_id == actor.member_id
    return HelpedMark.visitor == visitor_of(answer_id, browser)


def visitor_of(answer_id: int, browser: str) -> str:
    """A visitor as one answer knows them."""
    return hashlib.sha256(f"answer:{answer_id}:{browser}".encode()).hexdigest()[:32]


def said_of(actor: Actor, answer_id: int, browser: str) -> tuple[bool | None, bool | None]:
    """What this member or visitor said of an answer, if anything: whether it helped, and of what they would have done otherwise."""
    mine = _giver(under_mask(actor, answer_id), answer_id, browser)
    query = select(HelpedMark.helped, HelpedMark.would_contact).where(HelpedMark.post_id == answer_id, mine)
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else (None, None)


def _is_asked(answer: Post, question: Question) -> bool:
    marked = (question.accepted_answer_id, question.proposed_answer_id)
    also = answer.also_solves_id == question.id and question.accepted_answer_id is not None
    return answer.id in marked or also or answer.is_official or answer.endorsed_at is not None


def _mark(answer_id: int, giver: dict[str, object], helped: bool, words: str) -> bool:
    row = {"helped": helped, "words": words, "would_contact": None, "given_at": clock.now()}
    if insert_once(HelpedMark, post_id=answer_id, **giver, **row) is not None:
        _count(answer_id, helped, 1)
        return True
    mine = [HelpedMark.post_id == answer_id]
    mine += [getattr(HelpedMark, name) == value for name, value in giver.items()]
    if update_where(HelpedMark, *mine, HelpedMark.helped.is_not(helped), **row):
        _count(answer_id, helped, 1)
        _count(answer_id, not helped, -1)
        return True
    if words:
        update_where(HelpedMark, *mine, words=words)
    return False


def _forget(answer_id: int, mine: object) -> None:
    for helped in (True, False):
        mark = (HelpedMark.post_id == answer_id, mine, HelpedMark.helped.is_(helped))
        if affected(db.session.execute(delete(HelpedMark).where(*mark))):  # type: ignore[arg-type]
            _count(answer_id, helped, -1)


def _count(answer_id: int, helped: bool, step: int) -> None:
    column = Post.helped_count if helped else Post.not_helped_count
    update_where(Post, Post.id == answer_id, **{column.key: column + step})
