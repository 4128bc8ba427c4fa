"""How often a question is read: counted in this process, written down now and then, never in a reader's way.

A reader counts once an hour for each question, whatever they reload; who asked, the team and robots do not count. A
visitor is known by address and browser, as a hash that only this process can make and that it forgets after the hour,
so several server processes may each count the same visitor once. A crash loses at most the views of the last minute; they decide nothing but an order of "most viewed" and, by their
logarithm, how high a question ranks in the search, which reads them anew when they have doubled.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common import jobs
from common.db import db, update_where
from common.jobs import periodic
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.tallies import EVERY_SECONDS, Once, Tally

AT_ONCE = 200
"""Questions written down in one go at most; the others wait for the next."""

SEARCHED_FROM = 8
"""Fewer views than this change no order of the search."""

ROBOTS = ("bot", "crawl", "spider")
"""What programs that read for a search engine say in their name."""
AGENT_READ = 300

_views = Tally()
_readers = Once(seconds=3_600)


def note_visitor(environ: dict[str, Any], id: int, **_more: object) -> None:
    """Somebody signed out asks for a question. Touches no database."""
    agent = environ.get("HTTP_USER_AGENT", "")[:AGENT_READ].lower()
    if agent and not any(name in agent for name in ROBOTS):
        _note(id, f"{id} {environ.get('REMOTE_ADDR')} {agent}")


def note_reader(reader: Actor, id: int, asker_id: int | None) -> None:
    """A question is shown: a member who reads it counts, and what waits is written down when it is time."""
    write_down_if_due()
    if reader.signed_in and not reader.is_staff and reader.member_id != asker_id:
        _note(id, f"{id} {reader.member_id}")


def _note(question_id: int, reader: str) -> None:
    if _readers.first(reader):
        _views.note(question_id)


def forget() -> None:
    """Drop what is not written down yet, and who has read (tests)."""
    _views.clear()
    _readers.clear()


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
