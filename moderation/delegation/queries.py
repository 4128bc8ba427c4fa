"""Reads of delegation: who holds what, teams side by side, one team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import Role
from common import clock
from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id
from moderation.delegation import figures
from moderation.delegation.figures import Figures
from moderation.delegation.models import Agency, AgencySeat, Grant
from moderation.delegation.permissions import can_entrust, can_see_team
from moderation.delegation.rules import Right
from moderation.delegation.teams import led_by
from moderation.delegation.wording import RIGHTS

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """A limited moderator: in person or in a team; ``areas`` are (category, rights in words) of the grants in person."""

    member: MemberCard
    agency: str
    areas: list[tuple[str, list[object]]]


@dataclass(frozen=True, slots=True)
class Team:
    """A team in the list of teams."""

    id: int
    name: str
    people: int
    ends_at: datetime | None
    is_over: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody of a team: a public name and figures, nothing else."""

    member: MemberCard
    is_lead: bool
    began_at: datetime
    ended_at: datetime | None
    figures: Figures


def holders(actor: Actor) -> list[Holder]:
    """Everybody who moderates a part only. Four statements."""
    require(can_entrust(actor))
    limited = select(Member.id).where(Member.role == Role.MODERATOR, Member.is_limited.is_(True))
    ids = list(db.session.scalars(limited.order_by(Member.display_name, Member.id).limit(SHOWN)))
    teams = dict(
        db.session.execute(
            select(AgencySeat.member_id, Agency.name)
            .join(Agency, Agency.id == AgencySeat.agency_id)
            .where(AgencySeat.member_id.in_(ids), AgencySeat.ended_at.is_(None))
        ).all()
    )
    granted = db.session.execute(
        select(Grant.member_id, Grant.category_id, Grant.right).where(Grant.member_id.in_(ids))
    ).all()
    people = cards(ids)
    return [
        Holder(people[one], teams.get(one, ""), areas([(c, Right(r)) for m, c, r in granted if m == one]))
        for one in ids
    ]


def areas(pairs: list[tuple[int, Right]] | frozenset[tuple[int, Right]]) -> list[tuple[str, list[object]]]:
    """Grants in words, by category."""
    known = categories_by_id()
    return [
        (known[category_id].name, [RIGHTS[right] for right in Right if (category_id, right) in pairs])
        for category_id in sorted({category_id for category_id, _right in pairs})
        if category_id in known
    ]


def teams(actor: Actor) -> list[Team]:
    """Every team with its figures, those that work first. Three statements."""
    require(can_entrust(actor))
    found = db.session.scalars(select(Agency).order_by(Agency.name).limit(SHOWN)).all()
    seats = db.session.scalars(select(AgencySeat.agency_id).where(AgencySeat.ended_at.is_(None))).all()
    done = figures.by_agency()
    rows = [
        Team(one.id, one.name, seats.count(one.id), one.ends_at, _is_over(one), done.get(one.id, Figures()))
        for one in found
    ]
    return sorted(rows, key=lambda row: row.is_over)


@dataclass(frozen=True, slots=True)
class TeamView:
    """One team, as a manager or its lead sees it."""

    id: int
    name: str
    is_over: bool
    total: Figures
    seats: list[Seat]


def team(actor: Actor, agency_id: int) -> TeamView:
    """One team. Raises NotFound, Forbidden."""
    require(can_see_team(actor, led_by(actor), agency_id))
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise NotFound()
    seats = db.session.scalars(
        select(AgencySeat)
        .where(AgencySeat.agency_id == agency_id)
        .order_by(AgencySeat.ended_at.is_not(None), AgencySeat.began_at, AgencySeat.id)
        .limit(SHOWN)
    ).all()
    people, done = cards(one.member_id for one in seats), figures.by_person(agency_id)
    rows = [
        Seat(
            people[one.member_id], one.is_lead, one.began_at, one.ended_at, done.get(one.member_id, Figures())
        )
        for one in seats
    ]
    return TeamView(found.id, found.name, _is_over(found), figures.total(done.values()), rows)


def limited_member(actor: Actor, member_id: int) -> Member:
    """The account whose rights are granted. Raises NotFound, Forbidden."""
    require(can_entrust(actor))
    found = db.session.get(Member, member_id)
    if found is None or found.closed_at is not None:
        raise NotFound()
    return found


def _is_over(agency: Agency) -> bool:
    return agency.ends_at is not None and agency.ends_at <= clock.now()
