"""Teams of outside providers: made, ended, and who works there. Somebody who leaves has no right any more with the next click."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from accounts.members import roles
from accounts.members.rules import Role
from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.delegation.granting import checked_reason
from moderation.delegation.models import Agency, AgencySeat, Grant
from moderation.delegation.permissions import can_entrust
from moderation.delegation.rules import NAME_LEAST, NAME_MOST, SEATS_MOST


def found_agency(actor: Actor, name: str) -> int:
    """Make a team; returns its id. Raises Forbidden, Invalid (name), Conflict (the name is taken)."""
    require(can_entrust(actor))
    words = " ".join(name.split())
    if not NAME_LEAST <= len(words) <= NAME_MOST:
        raise Invalid(
            fields={"name": _("A name has %(low)s to %(high)s characters.", low=NAME_LEAST, high=NAME_MOST)}
        )
    with unit_of_work():
        made = insert_once(Agency, name=words, created_at=clock.now(), created_by_id=actor.member_id)
        if made is None:
            raise Conflict(_("There is a team of this name already."))
        audit.write(actor, "agency.made", "agency", made, None, words)
    return made


def end_agency(actor: Actor, agency_id: int, reason: str) -> bool:
    """The contract is over: nobody of the team has a right from now on. False when it was over already."""
    require(can_entrust(actor))
    words = checked_reason(reason)
    with unit_of_work():
        running = (Agency.id == agency_id, Agency.ends_at.is_(None) | (Agency.ends_at > clock.now()))
        if not update_where(Agency, *running, ends_at=clock.now()):
            return False
        for member_id in list(db.session.scalars(_people(agency_id))):
            _leave(actor, agency_id, member_id, words)
        audit.write(actor, "agency.ended", "agency", agency_id, None, None, words)
    return True


def seat(actor: Actor, agency_id: int, member_id: int, is_lead: bool, reason: str) -> bool:
    """Somebody works in the team from now on, with its rights and no others; the same again changes who leads.

    False when nothing changed. Raises Forbidden, Invalid, NotFound, Conflict (another team, another role, too many).
    """
    require(can_entrust(actor))
    words = checked_reason(reason)
    if member_id == actor.member_id:
        raise Invalid(_("Somebody else decides about your own rights."))
    with unit_of_work():
        _running(agency_id)
        here = (AgencySeat.member_id == member_id, AgencySeat.ended_at.is_(None))
        if (
            db.session.scalar(select(func.count()).select_from(_people(agency_id).subquery())) or 0
        ) >= SEATS_MOST:
            raise Conflict(_("A team has at most %(count)s people.", count=SEATS_MOST))
        roles.limit(actor, member_id, words)
        made = insert_once(
            AgencySeat, agency_id=agency_id, member_id=member_id, is_lead=is_lead, began_at=clock.now()
        )
        if made is None:
            if db.session.scalar(select(AgencySeat.agency_id).where(*here)) != agency_id:
                raise Conflict(_("This person works in another team."))
            if not update_where(AgencySeat, *here, AgencySeat.is_lead != is_lead, is_lead=is_lead):
                return False
        audit.write(
            actor, "agency.seated", "agency", agency_id, None, {"member": member_id, "lead": is_lead}, words
        )
    return True


def unseat(actor: Actor, agency_id: int, member_id: int, reason: str) -> bool:
    """Somebody leaves the team: their rights are gone, what they decided stays the team's. False when they had left."""
    require(can_entrust(actor))
    words = checked_reason(reason)
    with unit_of_work():
        return _leave(actor, agency_id, member_id, words)


def led_by(actor: Actor) -> int | None:
    """The team that the actor leads, while it works. One query, and none for who is no limited moderator."""
    if not actor.is_limited:
        return None
    now = Agency.ends_at.is_(None) | (Agency.ends_at > clock.now())
    return db.session.scalar(
        select(AgencySeat.agency_id)
        .join(Agency, Agency.id == AgencySeat.agency_id)
        .where(
            AgencySeat.member_id == actor.member_id, AgencySeat.ended_at.is_(None), AgencySeat.is_lead, now
        )
    )


def _leave(actor: Actor, agency_id: int, member_id: int, words: str) -> bool:
    here = (
        AgencySeat.agency_id == agency_id,
        AgencySeat.member_id == member_id,
        AgencySeat.ended_at.is_(None),
    )
    if not update_where(AgencySeat, *here, ended_at=clock.now()):
        return False
    if db.session.scalar(select(Grant.id).where(Grant.member_id == member_id).limit(1)) is None:
        roles.unlimit(actor, member_id, Role.MEMBER, words)
    audit.write(actor, "agency.unseated", "agency", agency_id, {"member": member_id}, None, words)
    return True


def _people(agency_id: int) -> Select[int]:
    return select(AgencySeat.member_id).where(
        AgencySeat.agency_id == agency_id, AgencySeat.ended_at.is_(None)
    )


def _running(agency_id: int) -> None:
    found = db.session.get(Agency, agency_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    if found.ends_at is not None and found.ends_at <= clock.now():
        raise Conflict(_("The work with this team is over."))
