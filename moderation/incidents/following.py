"""Somebody says "this concerns me", and hears once when it is over."""

from __future__ import annotations

from sqlalchemy import delete

from common import clock, i18n
from common.db import db, insert_once
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.asking import incidents as port
from moderation.incidents import queries
from moderation.incidents.declaring import hold
from moderation.incidents.models import IncidentFollower
from moderation.incidents.permissions import can_join


def join(actor: Actor, incident_id: int) -> port.Incident:
    """Follow an open incident; twice is once. Raises Forbidden, NotFound, Conflict (it is over)."""
    require(can_join(actor))
    with unit_of_work():
        incident = hold(incident_id)
        insert_once(IncidentFollower, incident_id=incident_id, member_id=actor.member_id, since=clock.now())
        return queries.as_told(incident, i18n.language())


def leave(actor: Actor, incident_id: int) -> None:
    """Follow it no more. Harmless to repeat."""
    require(can_join(actor))
    with unit_of_work():
        mine = (IncidentFollower.incident_id == incident_id, IncidentFollower.member_id == actor.member_id)
        db.session.execute(delete(IncidentFollower).where(*mine))
