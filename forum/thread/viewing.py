"""How often a question is read: counted in this process, written down now and then, never in a reader's way.

A crash loses at most the views of the last minute; they decide nothing but an order of "most viewed" and, by their
logarithm, how high a question ranks in the search, which reads them anew when they have doubled.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from common import jobs
from common.db import db, update_where
from common.jobs import periodic
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.tallies import EVERY_SECONDS, Tally

AT_ONCE = 200
"""Questions written down in one go at most; the others wait for the next."""

SEARCHED_FROM = 8
"""Fewer views than this change no order of the search."""

_views = Tally()


def note(id: int, **_more: object) -> None:
    """Somebody reads a question. Touches no database."""
    _views.note(id)


def write_down_if_due() -> None:
    """Write the views down when that was last done a minute ago; for servers whose worker is another process."""
    if _views.is_due():
        write_down()


@periodic("forum.views", every=timedelta(seconds=EVERY_SECONDS))
def write_down() -> None:
    """Add what was counted to the questions, in the order of their ids."""
    counted = _views.take(AT_ONCE)
    if not counted:
        return
    with unit_of_work():
        for question_id in _much_read(counted):
            jobs.enqueue("search.index", {"question_id": question_id})
        for question_id in sorted(counted):
            update_where(
                Question, Question.id == question_id, view_count=Question.view_count + counted[question_id]
            )


def _much_read(counted: dict[int, int]) -> list[int]:
    """Questions whose views pass a power of two with what was counted."""
    question = Question.__table__
    query = select(question.c.id, question.c.view_count).where(question.c.id.in_(counted))
    return sorted(
        row.id
        for row in db.session.execute(query)
        if (now := row.view_count + counted[row.id]) >= SEARCHED_FROM
        and now.bit_length() > row.view_count.bit_length()
    )
