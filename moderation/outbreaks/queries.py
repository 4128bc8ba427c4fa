"""Reads of outbreaks, for the team alone: what is suspected, and the questions behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from forum.questions.models import Question
from forum.questions.rules import PostState
from moderation.incidents import queries as incidents
from moderation.incidents.permissions import can_see_desk
from moderation.incidents.queries import Linked
from moderation.outbreaks import gathering, rules
from moderation.outbreaks.models import QuestionPrint, Suspicion
from moderation.outbreaks.rules import SuspicionState

MOST_SHOWN = 50
PROPOSED = 20


@dataclass(frozen=True, slots=True)
class SuspicionView:
    """A suspicion as its page shows it; ``questions`` are those of its group, the newest first."""

    id: int
    open: bool
    state: SuspicionState
    people: float
    usual: float
    minutes: int
    raised_at: datetime
    incident_id: int | None
    questions: tuple[Linked, ...]
    category_id: int | None
    title: str


def waiting() -> list[Suspicion]:
    """Suspicions nobody has decided, the newest first."""
    open_ones = (Suspicion.state == SuspicionState.SUSPECTED, Suspicion.open_key.is_not(None))
    query = select(Suspicion).where(*open_ones).order_by(Suspicion.id.desc()).limit(MOST_SHOWN)
    return list(db.session.scalars(query))


def show(actor: Actor, suspicion_id: int) -> SuspicionView:
    """A suspicion with its questions. Raises Forbidden, NotFound."""
    require(can_see_desk(actor))
    one = db.session.get(Suspicion, suspicion_id)
    if one is None:
        raise NotFound()
    found = questions_of(one.group_id, one.raised_at)
    placed = Question.__table__.c.category_id
    ids = [row.id for row in found]
    about = db.session.execute(
        select(placed, func.count()).where(Question.__table__.c.id.in_(ids)).group_by(placed).order_by(func.count().desc()).limit(1)
    ).first()  # fmt: skip
    return SuspicionView(
        one.id, one.state == SuspicionState.SUSPECTED, one.state, one.people, one.usual, one.minutes, one.raised_at,
        one.incident_id, tuple(found), about.category_id if about else None, found[0].title if found else "",
    )  # fmt: skip


def questions_of(group_id: int, around: datetime) -> list[Linked]:
    """The questions of a group since six hours before a moment, as they stand now: what was removed or merged is out."""
    since = around - max(rules.WINDOWS)
    query = incidents.questions_with(QuestionPrint.asked_at).join(
        QuestionPrint, QuestionPrint.question_id == Question.id
    )
    mine = (QuestionPrint.group_id == group_id, QuestionPrint.asked_at > since)
    there = query.where(*mine, Question.state == PostState.PUBLISHED)
    return incidents.rows_of(
        there.order_by(QuestionPrint.asked_at.desc(), Question.id.desc()).limit(MOST_SHOWN)
    )


def proposed(incident_id: int) -> list[Linked]:
    """Questions of the last day that may be part of an open incident, the most like first."""
    near = [one for one, _likeness in gathering.alike(incident_id)][:PROPOSED]
    rows = incidents.rows_of(incidents.questions_with(Question.published_at).where(Question.id.in_(near)))
    return sorted(rows, key=lambda row: near.index(row.id))
