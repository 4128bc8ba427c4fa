"""Who gets a case: somebody of its team who is there, knows the subject and the language, and has room; least load, then
longest idle (domain/escalation.md §C2.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from accounts.members.models import Member
from accounts.members.rules import Role
from common import clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.permissions import Actor
from common.unit_of_work import kept, unit_of_work
from forum.categories.models import Category
from forum.questions.models import Question
from moderation.duty.models import DutyShift
from moderation.duty.numbers import now_shift
from moderation.escalation import casework
from moderation.escalation.models import AgentDesk, Case
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import WORKED_ON, Priority
from moderation.routing import applying, lists, numbers
from moderation.routing.models import CaseDesk, SupportTeamMember
from moderation.routing.rules import Agent, helpers, in_turn

SEEN_EVERY = 60
"""Seconds between two notes of the same presence."""


# --- presence -------------------------------------------------------------------------------------------------------------


def note_here(actor: Actor) -> None:
    """Somebody of the team is at the desk; kept at most once a minute."""
    if actor.member_id is None or not can_work(actor):
        return
    now, seen = clock.now(), db.session.get(AgentDesk, actor.member_id)
    if seen is not None and seen.seen_at is not None and (now - seen.seen_at).total_seconds() < SEEN_EVERY:
        return
    with unit_of_work():
        if insert_once(AgentDesk, member_id=actor.member_id, seen_at=now) is None:
            update_where(AgentDesk, AgentDesk.member_id == actor.member_id, seen_at=now)


def note_opened(actor: Actor, case_id: int) -> None:
    """The agent of a case has opened it, so that it stays theirs."""
    desk = applying.at(case_id)
    if desk is None or desk.opened_at is None:
        mine = select(Case.id).where(
            Case.id == case_id, Case.assignee_id == actor.member_id, Case.state.in_(WORKED_ON)
        )
        if actor.member_id is not None and db.session.scalar(mine) is not None:
            with unit_of_work():
                applying.ensure(case_id)
                update_where(
                    CaseDesk, CaseDesk.case_id == case_id, CaseDesk.opened_at.is_(None), opened_at=clock.now()
                )


# --- naming an agent --------------------------------------------------------------------------------------------------------


def name_agent(case_id: int) -> int | None:
    """Give a queued case to who is next; None when nobody may get it now. The team first, then who helps it, then triage."""
    desk = applying.ensure(case_id)
    case = casework.load(case_id)
    category, language = _subject(case.question_id)
    is_urgent = case.priority is Priority.URGENT
    caps = settings.get("escalation.agent_cap"), settings.get("escalation.agent_urgent_cap")
    groups = _people(desk.team_id)
    casework.hold_desks(*(one.member_id for people in groups for one in people))
    for people in groups:
        agents = [one for one in _agents(people, category.id) if one.id != desk.passed_over_id]
        for member_id in in_turn(agents, category.key, language, is_urgent, *caps):
            if _try(case_id, member_id):
                return member_id
            if casework.load(case_id).assignee_id is not None:
                return None
    return None


def _try(case_id: int, member_id: int) -> bool:
    try:
        casework.give(case_id, member_id, None)
    except Conflict:
        return False
    return True


def _subject(question_id: int) -> Any:
    query = select(Category, Question.language).join(Question, Question.category_id == Category.id)
    return db.session.execute(query.where(Question.id == question_id)).one()


class Person(NamedTuple):
    """Somebody of a team and what they take; empty: everything."""

    member_id: int
    skills: Collection[str] = ()
    languages: Collection[str] = ()


def _people(team_id: int | None) -> list[list[Person]]:
    """The people of each team that may help, in order; everybody who answers officially where no team has anybody."""
    return kept(("people", team_id), lambda: _read_people(team_id))


def _read_people(team_id: int | None) -> list[list[Person]]:
    order, row = helpers(team_id, lists.teams()), SupportTeamMember
    groups: dict[int, list[Person]] = {one: [] for one in order}
    wanted = select(row.team_id, row.member_id, row.skills, row.languages).where(row.team_id.in_(order))
    for team, member_id, skills, languages in db.session.execute(wanted.order_by(row.id)):
        groups[team].append(Person(member_id, skills, languages))
    if any(groups.values()):
        return [group for group in groups.values() if group]
    return [[Person(one) for one in casework.staff_ids(Role.AGENT)]]


def everybody() -> set[int]:
    """All who may be given a case, by their role or in a team."""
    return {*casework.official_ids(), *db.session.scalars(select(SupportTeamMember.member_id).distinct())}


def _agents(people: Collection[Person], category_id: int) -> list[Agent]:
    """Who of these may still answer officially, with load, presence and plan. Four statements."""
    ids = {row.member_id for row in people}
    allowed = select(Member.id).where(Member.id.in_(ids), *may_have_cases(clock.now()))
    works = kept(("works", *ids), lambda: set(db.session.scalars(allowed)))
    desks = {
        row.member_id: row
        for row in db.session.scalars(select(AgentDesk).where(AgentDesk.member_id.in_(ids)))
    }
    loads = casework.load_of(ids)
    planned = kept(("planned", category_id, *ids), lambda: on_shift(ids, category_id))
    since = clock.now() - numbers.minutes("presence")
    found = []
    for row in people:
        if row.member_id in works:
            desk, (load, urgent) = desks.get(row.member_id), loads.get(row.member_id, (0, 0))
            present = (
                desk is not None
                and desk.away_at is None
                and desk.seen_at is not None
                and desk.seen_at >= since
            )
            found.append(
                Agent(
                    row.member_id, frozenset(row.skills), frozenset(row.languages), present, row.member_id in planned,
                    load, urgent, desk.last_assigned_at if desk else None,
                )
            )  # fmt: skip
    return found


def may_have_cases(now: datetime) -> tuple[Any, ...]:
    """The criteria on Member of who may work on cases."""
    awake = or_(Member.suspended_until.is_(None), Member.suspended_until <= now)
    return Member.role.in_(casework.OFFICIAL_ROLES), Member.closed_at.is_(None), awake


def on_shift(member_ids: Collection[int], category_id: int) -> set[int]:
    """Who of these is planned for a category in the half-day it is."""
    shift = now_shift()
    query = select(DutyShift.member_id).where(
        DutyShift.day == shift.day, DutyShift.half == shift.half, DutyShift.category_id == category_id,
        DutyShift.member_id.in_(member_ids),
    )  # fmt: skip
    return set(db.session.scalars(query))
