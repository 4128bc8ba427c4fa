"""Like questions become part of an open incident: at once where they are very like, proposed where they may be.

An incident looks like the questions that belong to it, and like the group it was suspected from (domain/escalation.md §C4:
linked from a likeness of 0.5, proposed from 0.35).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common import clock, i18n, jobs
from common.db import db
from common.errors import Refusal
from common.permissions import SYSTEM
from forum.asking import incidents as port
from forum.questions.models import Question
from forum.questions.rules import PostState
from forum.solutions.rules import UNDECIDED
from moderation.incidents import linking
from moderation.incidents.models import IncidentQuestion
from moderation.incidents.queries import as_told, open_incident_about, open_incidents
from moderation.outbreaks import rules
from moderation.outbreaks import weighing as noted
from moderation.outbreaks.models import QuestionGroup, QuestionPrint, Suspicion

OF_EACH = 40
"""Questions of an incident, the latest, that say what it looks like."""
MOST = 1_000
LATELY = timedelta(hours=24)
COMPARED = 500


def incident_like(question_id: int) -> int | None:
    """Make a question part of the open incident it is very like. Returns that."""
    mine = db.session.get(QuestionPrint, question_id)
    if mine is None or not mine.words:
        return None
    vector = _vector(mine)
    near = [(rules.likeness(vector, centre), key) for key, centre in centres().items()]
    best = max(near, default=(0.0, 0))
    return best[1] if best[0] >= rules.SURE and _attach(best[1], question_id) else None


def gather(incident_id: int) -> int:
    """Make the questions of the last day that are very like an incident part of it. Returns how many."""
    return sum(_attach(incident_id, one) for one, near in alike(incident_id) if near >= rules.SURE)


def alike(incident_id: int) -> list[tuple[int, float]]:
    """Undecided questions of the last day that are like an open incident, and how much, the most like first."""
    centre = centres([incident_id]).get(incident_id)
    if centre is None:
        return []
    since = clock.now() - LATELY
    question = Question.__table__
    rows = db.session.execute(
        select(QuestionPrint.question_id, QuestionPrint.words, QuestionPrint.weights)
        .join(Question, Question.id == QuestionPrint.question_id)
        .where(QuestionPrint.asked_at >= since, Question.state == PostState.PUBLISHED)
        .where(question.c.incident_at.is_(None), question.c.help_state.in_(UNDECIDED))
        .order_by(QuestionPrint.asked_at.desc())
        .limit(COMPARED)
    )
    near = [(row.question_id, rules.likeness(_vector(row), centre)) for row in rows]
    return sorted((one for one in near if one[1] >= rules.JOINS), key=lambda one: -one[1])


def incident_about(words: str, category_id: int | None, product_id: int | None) -> port.Incident | None:
    """The open incident somebody who asks this should know of: of the product or category, else one that sounds like it."""
    if not open_incidents():
        return None
    if found := open_incident_about(words, category_id, product_id):
        return found
    vector = noted.vector_of_words(words, i18n.language())
    near = [(rules.likeness(vector, centre), key) for key, centre in centres().items()]
    best = max(near, default=(0.0, 0))
    if best[0] < rules.JOINS:
        return None
    return next((as_told(one, i18n.language()) for one in open_incidents() if one.id == best[1]), None)


def centres(incident_ids: Iterable[int] | None = None) -> dict[int, dict[int, float]]:
    """What open incidents look like: their questions, and the group they were suspected from."""
    ids = [one.id for one in open_incidents()] if incident_ids is None else list(incident_ids)
    if not ids:
        return {}
    vectors: defaultdict[int, list[dict[int, float]]] = defaultdict(list)
    groups = select(Suspicion.incident_id, QuestionGroup.words, QuestionGroup.weights).join(
        QuestionGroup, QuestionGroup.id == Suspicion.group_id
    )
    for row in db.session.execute(groups.where(Suspicion.incident_id.in_(ids))):
        vectors[row.incident_id].append(_vector(row))
    linked = (
        select(IncidentQuestion.incident_id, QuestionPrint.words, QuestionPrint.weights)
        .join(QuestionPrint, QuestionPrint.question_id == IncidentQuestion.question_id)
        .where(IncidentQuestion.incident_id.in_(ids), IncidentQuestion.ended_at.is_(None))
        .order_by(IncidentQuestion.linked_at.desc())
        .limit(MOST)
    )
    for row in db.session.execute(linked):
        if len(vectors[row.incident_id]) < OF_EACH and row.words:
            vectors[row.incident_id].append(_vector(row))
    return {key: rules.centre_of(found) for key, found in vectors.items() if found}


def _vector(row: Any) -> dict[int, float]:
    return dict(zip(row.words, row.weights, strict=True))


def _attach(incident_id: int, question_id: int) -> bool:
    try:
        return linking.attach(SYSTEM, incident_id, question_id)
    except Refusal:
        return False  # solved, of another incident, or over meanwhile


@jobs.job("outbreaks.gather")
def gather_job(payload: dict[str, Any]) -> None:
    """Gather the questions of an incident that was announced."""
    gather(payload["incident_id"])
