"""Who gets a case: somebody of its team who is there, knows the subject and the language, and has room; least load, then
longest idle (domain/escalation.md §C2.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from accounts.members.models import Member
from accounts.members.rules import Role
from common import clock, settings
from common.db import db, insert_once, update_where
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
    """Give a queued case to who is next; None when nobody may get it now."""
    casework.hold_desks(*everybody())
    return name_agents([casework.load(case_id, hold=True)]).get(case_id)


def name_agents(cases: Sequence[Case]) -> dict[int, int]:
    """Give queued cases to who is next, one after the other: the team first, then who helps it, then triage. Who got which.

    The cases, and the desks of :func:`everybody`, are held: what one is given counts for the next, and nothing else does.
    """
    given = who_would_get(cases)
    casework.hand_out(given, None)
    return {case.id: member_id for case, member_id in given.items()}


def who_would_get(cases: Sequence[Case]) -> dict[Case, int]:
    """Whom each of these cases would go to now, one after the other; those that nobody may get are left out."""
    free = [case for case in cases if casework.is_free(case)]
    if not free:
        return {}
    desks, subjects = applying.ensure_all(free), _subjects([case.question_id for case in free])
    groups = {team_id: _people(team_id) for team_id in {desk.team_id for desk in desks.values()}}
    agents = _agents({one.member_id for group in groups.values() for people in group for one in people})
    shifts = on_shift(agents, {one.category_id for one in subjects.values()})
    caps = settings.get("escalation.agent_cap"), settings.get("escalation.agent_urgent_cap")
    given: dict[Case, int] = {}
    in_vain: set[Any] = set()  # who has no room for one has none for the next like it
    for case in free:
        desk, subject = desks[case.id], subjects[case.question_id]
        is_urgent = case.priority is Priority.URGENT
        kind = (desk.team_id, desk.passed_over_id, subject.category_id, subject.language, is_urgent)
        if kind in in_vain:
            continue
        for people in groups[desk.team_id]:
            able = [
                replace(
                    agents[one.member_id], skills=frozenset(one.skills), languages=frozenset(one.languages),
                    on_shift=(one.member_id, subject.category_id) in shifts,
                )
                for one in people if one.member_id in agents and one.member_id != desk.passed_over_id
            ]  # fmt: skip
            if turns := in_turn(able, subject.category, subject.language, is_urgent, *caps):
                given[case] = turns[0]
                agents[turns[0]] = agents[turns[0]].with_one_more(is_urgent, clock.now())
                break
        else:
            in_vain.add(kind)
    return given


def _subjects(question_ids: Sequence[int]) -> dict[int, Any]:
    """The category (its number and key) and the language of questions."""
    query = select(
        Question.id, Category.id.label("category_id"), Category.key.label("category"), Question.language
    ).join(Category, Category.id == Question.category_id)
    return {row.id: row for row in db.session.execute(query.where(Question.id.in_(question_ids)))}


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


def _agents(ids: Collection[int]) -> dict[int, Agent]:
    """Who of these may still answer officially, with load and presence. Two statements."""
    allowed = select(Member.id, AgentDesk.away_at, AgentDesk.seen_at, AgentDesk.last_assigned_at).outerjoin(
        AgentDesk, AgentDesk.member_id == Member.id
    )
    loads, since = casework.load_of(ids), clock.now() - numbers.minutes("presence")
    found = {}
    for row in db.session.execute(allowed.where(Member.id.in_(ids), *may_have_cases(clock.now()))):
        present = row.away_at is None and row.seen_at is not None and row.seen_at >= since
        load, urgent = loads.get(row.id, (0, 0))
        found[row.id] = Agent(
            row.id, present=present, load=load, urgent=urgent, idle_since=row.last_assigned_at
        )
    return found


def may_have_cases(now: datetime) -> tuple[Any, ...]:
    """The criteria on Member of who may work on cases."""
    awake = or_(Member.suspended_until.is_(None), Member.suspended_until <= now)
    return Member.role.in_(casework.OFFICIAL_ROLES), Member.closed_at.is_(None), awake


def on_shift(member_ids: Collection[int], category_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who of these is planned for one of these categories in the half-day it is, with the category."""
    shift = now_shift()
    query = select(DutyShift.member_id, DutyShift.category_id).where(
        DutyShift.day == shift.day, DutyShift.half == shift.half, DutyShift.category_id.in_(category_ids),
        DutyShift.member_id.in_(member_ids),
    )  # fmt: skip
    return {(row.member_id, row.category_id) for row in db.session.execute(query)}
