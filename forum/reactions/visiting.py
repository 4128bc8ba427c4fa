"""A visitor has the same problem: counted once for each browser, changeable, shown beside what members say.

It decides nothing (priority, promises, points and digests ask members), since a browser costs nothing. A visitor is
known by a random name in a signed cookie, kept here only as a hash that leads nowhere else; whoever then signs in and
says it as a member is counted once. What visitors said stays with the question when that is merged into another.
Source: design/UX.md §4, page 23.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import delete

from common import clock, freshness
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions.models import Question, VisitorMeToo
from forum.questions.rules import PostState
from forum.questions.writing import standing_question


def say(question_id: int, browser: str) -> bool:
    """Say that one has the same problem. True when that is new."""
    with unit_of_work():
        question = standing_question(ANONYMOUS, question_id)
        question_id = question.id
        if question.state != PostState.PUBLISHED or question.closed_at is not None:
            raise Conflict(_("This question is closed: nothing can be added to it."))
        row = {"question_id": question_id, "visitor": visitor_of(question_id, browser)}
        if insert_once(VisitorMeToo, **row, given_at=clock.now()) is None:
            return False
        _count(question_id, 1)
        return True


def take_back(question_id: int, browser: str) -> bool:
    """Take it back. True when it had been said."""
    with unit_of_work():
        return forget(standing_question(ANONYMOUS, question_id).id, browser)


def forget(question_id: int, browser: str) -> bool:
    """The same inside an open unit of work, for whoever says it as a member now."""
    mine = (VisitorMeToo.question_id == question_id, VisitorMeToo.visitor == visitor_of(question_id, browser))
    if not affected(db.session.execute(delete(VisitorMeToo).where(*mine))):
        return False
    _count(question_id, -1)
    return True


def said(question_id: int, browser: str) -> bool:
    """Whether this browser has said it."""
    return (
        bool(browser)
        and db.session.get(VisitorMeToo, (question_id, visitor_of(question_id, browser))) is not None
    )


def visitor_of(question_id: int, browser: str) -> str:
    """A visitor as one question knows them."""
    return hashlib.sha256(f"question:{question_id}:{browser}".encode()).hexdigest()[:32]


def _count(question_id: int, step: int) -> None:
    counted = Question.visitor_me_too_count + step
    update_where(Question, Question.id == question_id, visitor_me_too_count=counted)
    freshness.touch(f"question:{question_id}")
