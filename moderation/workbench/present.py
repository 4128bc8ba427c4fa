"""Who is at a case now: a lease of half a minute that the open page renews (domain/escalation.md §C3)."""

from __future__ import annotations

from sqlalchemy import delete, select

from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db, insert_once, update_where
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.escalation import casework
from moderation.escalation.permissions import can_see_cases
from moderation.workbench.models import CasePresence
from moderation.workbench.rules import LEASE, Doing


def note(actor: Actor, case_id: int, doing: Doing) -> None:
    """Somebody of the team is at a case, for the next half minute. Raises Forbidden, NotFound."""
    require(can_see_cases(actor))
    if actor.member_id is None:
        return
    until = clock.now() + LEASE
    with unit_of_work():
        casework.load(case_id)
        mine = {"case_id": case_id, "member_id": actor.member_id}
        if insert_once(CasePresence, **mine, doing=doing, until=until) is None:
            here = (CasePresence.case_id == case_id, CasePresence.member_id == actor.member_id)
            update_where(CasePresence, *here, doing=doing, until=until)


def others(actor: Actor, case_id: int) -> list[tuple[MemberCard, Doing]]:
    """Who else is at a case, writers first. Two statements."""
    live = (
        CasePresence.case_id == case_id,
        CasePresence.until > clock.now(),
        CasePresence.member_id != actor.member_id,
    )
    query = select(CasePresence.member_id, CasePresence.doing).where(*live)
    rows = db.session.execute(
        query.order_by(CasePresence.doing.desc(), CasePresence.member_id).limit(20)
    ).all()
    people = cards(row.member_id for row in rows)
    return [(people[row.member_id], row.doing) for row in rows]


def forget() -> None:
    """Drop leases that are over."""
    with unit_of_work():
        db.session.execute(delete(CasePresence).where(CasePresence.until < clock.now() - LEASE))
