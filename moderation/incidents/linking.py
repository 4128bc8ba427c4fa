"""Which questions belong to an incident. While they do their clock rests; its end answers them."""

from __future__ import annotations

from sqlalchemy import select

from common import clock, freshness
from common.db import db, insert_once, update_where
from common.errors import Conflict, Refusal
from common.i18n import _
from common.jobs import enqueue
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.solutions import attaching
from moderation.incidents import notices
from moderation.incidents.declaring import hold, load
from moderation.incidents.models import Incident, IncidentQuestion
from moderation.incidents.permissions import can_declare
from moderation.incidents.rules import MOST_AT_ONCE, IncidentState

BATCH = 200


def attach(actor: Actor, incident_id: int, question_id: int) -> bool:
    """A question is one of an open incident: its clock rests, its asker hears. True when that is new.

    Raises Conflict where it is one of another incident, or has a solution.
    """
    with unit_of_work():
        require(can_declare(actor))
        cycle = hold(incident_id).cycle
        if not attaching.attach_to_incident(actor, question_id):
            if incident_of(question_id) == incident_id:
                return False
            raise Conflict(_("This question belongs to another incident: take it off that one first."))
        now = clock.now()
        given = {"linked_at": now, "linked_by_id": actor.member_id, "ended_at": None, "was_over": False}
        here = {"incident_id": incident_id, "question_id": question_id}
        if insert_once(IncidentQuestion, **here, **given) is None:
            mine = (IncidentQuestion.incident_id == incident_id, IncidentQuestion.question_id == question_id)
            update_where(IncidentQuestion, *mine, **given)
        asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
        notices.tell_of_joining(incident_id, cycle, question_id, asker_id, actor.member_id)
        freshness.touch(f"question:{question_id}")
        return True


def attach_many(actor: Actor, incident_id: int, question_ids: list[int]) -> tuple[int, int]:
    """The same for some, each for itself: how many were attached, and how many could not be."""
    done = refused = 0
    for question_id in dict.fromkeys(question_ids[:MOST_AT_ONCE]):
        try:
            done += attach(actor, incident_id, question_id)
        except Refusal:
            refused += 1
    return done, refused


def take_off(actor: Actor, question_id: int) -> bool:
    """It was no part of the incident after all: its clock goes on. True when it had been."""
    with unit_of_work():
        require(can_declare(actor))
        incident_id = incident_of(question_id)
        if not attaching.detach_from_incident(actor, question_id):
            return False
        _end(question_id, was_over=False)
        if incident_id is not None:
            notices.take_back_joining(incident_id, question_id)
        freshness.touch(f"question:{question_id}")
        return True


def incident_of(question_id: int) -> int | None:
    """The incident a question belongs to now."""
    query = select(IncidentQuestion.incident_id).where(
        IncidentQuestion.question_id == question_id, IncidentQuestion.ended_at.is_(None)
    )
    return db.session.scalar(query)


def end_all(incident_id: int) -> None:
    """The incident is over: each of its questions is answered by that, in a unit of work of its own."""
    while ids := _open_ids(incident_id):
        for question_id in ids:
            _end_one(incident_id, question_id)
        if len(ids) < BATCH:
            break
    with unit_of_work():
        incident = load(incident_id)
        if incident.state == IncidentState.RESOLVED:
            _enqueue_telling(incident, None)


def _open_ids(incident_id: int) -> list[int]:
    query = select(IncidentQuestion.question_id).where(
        IncidentQuestion.incident_id == incident_id, IncidentQuestion.ended_at.is_(None)
    )
    ids = list(db.session.scalars(query.order_by(IncidentQuestion.question_id).limit(BATCH)))
    db.session.rollback()
    return ids


def _end_one(incident_id: int, question_id: int) -> None:
    with unit_of_work():
        incident = load(incident_id)
        if incident.state != IncidentState.RESOLVED or not _end(question_id, was_over=True):
            return
        attaching.end_of_incident(SYSTEM, question_id)
        _enqueue_telling(incident, question_id)
        freshness.touch(f"question:{question_id}")


def _end(question_id: int, was_over: bool) -> int:
    live = (IncidentQuestion.question_id == question_id, IncidentQuestion.ended_at.is_(None))
    return update_where(IncidentQuestion, *live, ended_at=clock.now(), was_over=was_over)


def _enqueue_telling(incident: Incident, question_id: int | None) -> None:
    payload = {"incident_id": incident.id, "cycle": incident.cycle, "question_id": question_id}
    enqueue("incidents.tell", payload, f"incidents.tell:{incident.id}:{incident.cycle}:{question_id}")
