"""A customer is asked a day after a question was solved, once for each cycle, and not while something there is broken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from accounts.masks.queries import person_behind
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell, withdraw
from common import clock, settings
from common.db import db, insert_once, update_where
from common.i18n import _
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.questions.rules import HelpState, PostState
from moderation.escalation.models import Case, Ladder
from moderation.escalation.notices import title_of
from moderation.incidents.queries import open_incident_about
from moderation.satisfaction.models import Satisfaction

settings.define(
    "escalation.csat_hours", 24, unit=_("hours"), low=1, high=336,
    help=_("Time after a question was solved at which its asker is asked what they think of it."),
)  # fmt: skip
settings.define(
    "escalation.csat_days", 14, unit=_("days"), low=1, high=90,
    help=_("Time within which they may answer."),
)  # fmt: skip
BATCH = 500
WANTED = Kind(
    "how-was-it",
    lambda p: _("How was the help with “%(title)s”? It takes half a minute.", title=title_of(p)),
    lambda p: ("satisfaction.ask", {"id": p["question_id"]}),
    event="answer", button=_("Say what you think"), subject=lambda p: _("How was it? %(title)s", title=title_of(p)),
)  # fmt: skip


def register_all() -> None:
    """Make the kind known; called once by the package."""
    register(WANTED)


def window() -> timedelta:
    """How long somebody may answer."""
    return timedelta(days=settings.get("escalation.csat_days"))


def note_solved(question_id: int) -> None:
    """A question was solved: its asker is asked later, inside the open unit of work. Solved again in the same cycle before it
    was asked, the day begins anew."""
    row = db.session.execute(
        select(Question.author_id, Question.state).where(Question.id == question_id)
    ).one()
    asker_id = person_behind(row.author_id)
    if asker_id is None or row.state != PostState.PUBLISHED:
        return
    ladder = db.session.get(Ladder, question_id)
    cycle = ladder.cycle if ladder else 1
    case_id = db.session.scalar(select(Case.id).where(Case.question_id == question_id, Case.cycle == cycle))
    due = clock.now() + timedelta(hours=settings.get("escalation.csat_hours"))
    made = insert_once(
        Satisfaction, question_id=question_id, cycle=cycle, case_id=case_id, asker_id=asker_id, due_at=due
    )
    if made is None:
        waits = (
            Satisfaction.question_id == question_id,
            Satisfaction.cycle == cycle,
            Satisfaction.asked_at.is_(None),
        )
        update_where(Satisfaction, *waits, due_at=due, dropped_at=None, case_id=case_id)


def note_unsolved(question_id: int) -> None:
    """It is not solved after all: nobody is asked about it, inside the open unit of work."""
    waits = (
        Satisfaction.question_id == question_id,
        Satisfaction.asked_at.is_(None),
        Satisfaction.dropped_at.is_(None),
    )
    update_where(Satisfaction, *waits, dropped_at=clock.now())


def ask_due() -> int:
    """Ask whose day has come; returns how many. What is no longer solved is left out; while
    something there is broken it waits another day."""
    query = (
        select(Satisfaction.id)
        .where(
            Satisfaction.asked_at.is_(None),
            Satisfaction.dropped_at.is_(None),
            Satisfaction.due_at <= clock.now(),
        )
        .order_by(Satisfaction.due_at)
        .limit(BATCH)
    )
    ids = list(db.session.scalars(query))
    db.session.rollback()
    return sum(_ask(one) for one in ids)


def _ask(satisfaction_id: int) -> bool:
    with unit_of_work():
        row = db.session.get_one(Satisfaction, satisfaction_id, populate_existing=True)
        still = (
            Satisfaction.id == row.id,
            Satisfaction.asked_at.is_(None),
            Satisfaction.dropped_at.is_(None),
        )
        question_id, asker_id, cycle = row.question_id, row.asker_id, row.cycle
        if not _is_solved(question_id):
            update_where(Satisfaction, *still, dropped_at=clock.now())
            return False
        if _is_broken(question_id):
            update_where(Satisfaction, *still, due_at=clock.now() + timedelta(days=1))
            return False
        if not update_where(Satisfaction, *still, asked_at=clock.now()):
            return False
        tell(asker_id, WANTED.key, f"satisfaction:{question_id}:{cycle}", question_id=question_id)
    return True


def _is_solved(question_id: int) -> bool:
    """Still there, still solved, and not because an incident was over."""
    good = (
        Question.id == question_id,
        Question.state == PostState.PUBLISHED,
        Question.help_state == HelpState.SOLVED,
    )
    return db.session.scalar(select(Question.id).where(*good, Question.incident_at.is_(None))) is not None


def _is_broken(question_id: int) -> bool:
    """Something is known to be broken where the question was asked: another day is better."""
    row = db.session.execute(
        select(Question.category_id, Question.product_id).where(Question.id == question_id)
    ).one()
    return open_incident_about("", row.category_id, row.product_id) is not None


def take_back(question_id: int, cycle: int) -> None:
    """There is nothing to say any more."""
    withdraw(cause=f"satisfaction:{question_id}:{cycle}", kind=WANTED.key)


def follow(before: Any, after: Any, question_id: int) -> None:
    """What a change of how far a question has got means here."""
    if after == HelpState.SOLVED:
        note_solved(question_id)
    elif before == HelpState.SOLVED:
        note_unsolved(question_id)
