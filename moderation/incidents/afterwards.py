"""After the end of an incident: "is it still broken?", the reminder to say something meanwhile, and the closing.

Source: domain/escalation.md §C4: three who say no, or one in ten, alarm the team; linked threads close after seven days.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, union

from common import audit, clock, freshness, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Refusal
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Follow, MeToo, Post, Question
from forum.questions.rules import CloseReason, HelpState
from forum.solutions.closing import close_question
from moderation.incidents import notices
from moderation.incidents.declaring import OPEN_KEY, load
from moderation.incidents.models import Incident, IncidentFollower, IncidentQuestion, IncidentReply
from moderation.incidents.permissions import can_join
from moderation.incidents.rules import OPEN, IncidentState, is_regression

settings.define(
    "incidents.close_days", 7, unit=_("days"), low=1, high=90,
    help=_("How long after its end an incident, and what it answered, is closed."),
)  # fmt: skip
settings.define(
    "incidents.broken_people", 3, unit=_("people"), low=1, high=1_000,
    help=_("When so many say after the end of an incident that it is still broken, the team is alarmed."),
)  # fmt: skip
settings.define(
    "incidents.broken_percent", 10, unit="%", low=1, high=100,
    help=_("The same, as a share of those whom it concerned."),
)  # fmt: skip
_AT_ONCE = 200


# --- is it still broken? ------------------------------------------------------------------------------------------


def say(actor: Actor, incident_id: int, works: bool) -> None:
    """Somebody whom it concerned says whether it works again; the last word counts.

    Raises Forbidden, NotFound, Conflict (it is not over, or closed by now).
    """
    require(can_join(actor))
    with unit_of_work():
        incident = load(incident_id)
        if incident.state != IncidentState.RESOLVED:
            raise Conflict(_("Nothing is asked about this incident now."))
        if not is_concerned(actor, incident_id):
            raise Forbidden(_("Only those it concerned are asked."))
        _note(incident, actor.member_id or 0, works)


def asker_unsettled(question_id: int, asker_id: int | None) -> None:
    """An asker says under the question that it is still a problem: that is a no as well."""
    of = IncidentQuestion
    mine = (of.question_id == question_id, of.was_over, Incident.state == IncidentState.RESOLVED)
    query = (
        select(Incident).join(of, of.incident_id == Incident.id).where(*mine).order_by(of.linked_at.desc())
    )
    incident = db.session.scalar(query.limit(1))
    if incident is not None and asker_id is not None:
        with unit_of_work():
            _note(incident, asker_id, works=False)


def _note(incident: Incident, member_id: int, works: bool) -> None:
    here = {"incident_id": incident.id, "cycle": incident.cycle, "member_id": member_id}
    mine = [getattr(IncidentReply, name) == value for name, value in here.items()]
    key, cycle = incident.id, incident.cycle
    if insert_once(IncidentReply, **here, works=works, at=clock.now()) is None:
        update_where(IncidentReply, *mine, works=works, at=clock.now())
    if not works and is_regression(
        _broken(key, cycle), _audience(key), settings.get("incidents.broken_people"), settings.get("incidents.broken_percent")
    ):  # fmt: skip
        notices.alarm_back(key, cycle)


def _broken(incident_id: int, cycle: int) -> int:
    return replies(incident_id, cycle)[1]


def replies(incident_id: int, cycle: int) -> tuple[int, int]:
    """How many said that it works again, and that it does not, after this end."""
    query = select(IncidentReply.works, func.count()).where(
        IncidentReply.incident_id == incident_id, IncidentReply.cycle == cycle
    )
    found: dict[bool, int] = {
        row[0]: row[1] for row in db.session.execute(query.group_by(IncidentReply.works))
    }
    return found.get(True, 0), found.get(False, 0)


def reply_of(actor: Actor, incident_id: int, cycle: int) -> bool | None:
    """What somebody said after this end, if anything."""
    mine = (IncidentReply.incident_id == incident_id, IncidentReply.cycle == cycle)
    return db.session.scalar(
        select(IncidentReply.works).where(*mine, IncidentReply.member_id == actor.member_id)
    )


def is_concerned(actor: Actor, incident_id: int) -> bool:
    """Whether somebody asked, said "me too", followed a question of it, or followed the incident."""
    if not actor.signed_in:
        return False
    people = _concerned(incident_id).subquery()
    query = select(people.c.member_id).where(people.c.member_id.in_(actor.ids)).limit(1)
    return db.session.scalar(query) is not None


def _audience(incident_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(_concerned(incident_id).subquery())) or 0


def _concerned(incident_id: int) -> Any:
    linked = select(IncidentQuestion.question_id).where(
        IncidentQuestion.incident_id == incident_id,
        IncidentQuestion.ended_at.is_(None) | IncidentQuestion.was_over,
    )
    post = Post.__table__
    asked = select(post.c.author_id.label("member_id")).where(
        post.c.id.in_(linked), post.c.author_id.is_not(None)
    )
    too = select(MeToo.member_id).where(
        MeToo.question_id.in_(linked), MeToo.withdrawn_at.is_(None), MeToo.member_id.is_not(None)
    )
    followed = select(Follow.member_id).where(Follow.question_id.in_(linked))
    joined = select(IncidentFollower.member_id).where(IncidentFollower.incident_id == incident_id)
    return union(asked, too, followed, joined)


# --- the clock ----------------------------------------------------------------------------------------------------


def remind_due() -> int:
    """The team is reminded where nothing was said of an open incident for an hour; again each hour. Returns how many."""
    now = clock.now()
    before = now - timedelta(minutes=settings.get("incidents.update_minutes"))
    silent = (
        Incident.state.in_(OPEN),
        Incident.changed_at <= before,
        or_(Incident.reminded_at.is_(None), Incident.reminded_at <= before),
    )
    reminded = 0
    with unit_of_work():
        for one in db.session.scalars(
            select(Incident.id).where(*silent).order_by(Incident.id).limit(_AT_ONCE)
        ):
            if update_where(Incident, Incident.id == one, *silent, reminded_at=now):
                notices.remind(load(one))
                reminded += 1
    return reminded


def close_due() -> int:
    """What has been over for seven days is closed, with the questions it answered. Returns how many incidents."""
    before = clock.now() - timedelta(days=settings.get("incidents.close_days"))
    due = (Incident.state == IncidentState.RESOLVED, Incident.resolved_at <= before)
    ids = list(db.session.scalars(select(Incident.id).where(*due).order_by(Incident.id).limit(_AT_ONCE)))
    db.session.rollback()
    closed = 0
    for incident_id in ids:
        for question_id in _answered_by(incident_id):
            _close(question_id)
        with unit_of_work():
            if update_where(Incident, Incident.id == incident_id, *due, state=IncidentState.CLOSED):
                audit.write(SYSTEM, "incident.closed", "incident", incident_id)
                freshness.touch(OPEN_KEY)
                closed += 1
    return closed


def _answered_by(incident_id: int) -> list[int]:
    of = IncidentQuestion
    mine = (of.incident_id == incident_id, of.was_over, Question.closed_at.is_(None))
    query = select(of.question_id).join(Question, Question.id == of.question_id)
    answered = query.where(*mine, Question.help_state == HelpState.ANSWERED, Question.incident_at.is_(None))
    found = list(db.session.scalars(answered.order_by(of.question_id)))
    db.session.rollback()
    return found


def _close(question_id: int) -> None:
    with suppress(Refusal):  # hidden or merged meanwhile: nothing to close
        close_question(SYSTEM, question_id, CloseReason.OUTDATED)
