"""What comes back to the queue: cases nobody opened, cases of somebody who is gone or away; and agents for what waits.

Source: domain/escalation.md §C2.2, §C3 (`assigned → queued` by timeout or leave).
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import and_, or_, select

from accounts.members.models import Member
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.replying import end_requests
from moderation.escalation import casework, laddering
from moderation.escalation.models import AgentDesk, Case, StageRow
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import UNASSIGNED, WORKED_ON, CaseMove, CaseState, Stage
from moderation.routing import applying, notices, numbers
from moderation.routing.assigning import name_agent
from moderation.routing.models import CaseDesk

AT_A_TIME = 100


def tend() -> int:
    """What the clock does for assignment each minute: return cases, then name agents for those that wait for one."""
    return return_cases() + return_unopened() + name_waiting() + applying.tell_late_triage()


def return_cases(member_id: int | None = None) -> int:
    """Cases of somebody whose account is closed or suspended, who works elsewhere now, or who is away: to the queue."""
    now = clock.now()
    gone = or_(
        Member.closed_at.is_not(None),
        Member.role.not_in(casework.OFFICIAL_ROLES),
        Member.suspended_until > now,
    )
    away = and_(AgentDesk.away_at.is_not(None), Case.state != CaseState.WAITING_ASKER)
    query = (
        select(Case.id, Case.assignee_id)
        .join(Member, Member.id == Case.assignee_id)
        .outerjoin(AgentDesk, AgentDesk.member_id == Case.assignee_id)
        .where(Case.state.in_(WORKED_ON), or_(gone, away))
        .order_by(Case.id)
        .limit(AT_A_TIME)
    )
    rows = db.session.execute(
        query if member_id is None else query.where(Case.assignee_id == member_id)
    ).all()
    db.session.rollback()
    return sum(_return(row.id, row.assignee_id, "returned") for row in rows)


def return_unopened() -> int:
    """Cases that were given to somebody who has not opened them in working time: to the queue, and to somebody else."""
    query = (
        select(Case, CaseDesk.team_id)
        .join(CaseDesk, CaseDesk.case_id == Case.id)
        .where(
            Case.state == CaseState.ASSIGNED, CaseDesk.opened_at.is_(None),
            Case.assigned_at <= clock.now() - numbers.minutes("unopened"),
        )
        .order_by(Case.assigned_at)
        .limit(AT_A_TIME)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    late = [
        (row.Case.id, row.Case.assignee_id) for row in rows
        if row.Case.assigned_at and applying.hours_of(row.Case, row.team_id).between(row.Case.assigned_at, clock.now()) >= numbers.minutes("unopened")
    ]  # fmt: skip
    db.session.rollback()
    return sum(_return(case_id, agent_id, "unopened") for case_id, agent_id in late)


def _return(case_id: int, agent_id: int, line: str) -> bool:
    moved = False
    with suppress(Conflict), unit_of_work():
        case = casework.load(case_id)
        question_id, waited = case.question_id, case.state is CaseState.WAITING_ASKER
        if waited:
            end_requests(question_id)
        casework.hold(question_id, with_question=waited)
        if waited is not (casework.load(case_id).state is CaseState.WAITING_ASKER):
            raise Conflict()  # somebody was faster; what its requests were is theirs to say
        applying.ensure(case_id)
        criteria = [Case.assignee_id == agent_id]
        if line == "unopened":
            opened = select(CaseDesk.opened_at).where(CaseDesk.case_id == case_id).scalar_subquery()
            criteria += [Case.state == CaseState.ASSIGNED, opened.is_(None)]
        free = {"assignee_id": None, "assigned_at": None, "waiting_since": None}
        if not casework.move(case_id, CaseMove.RELEASE, *criteria, **free):
            raise Conflict()
        moved = True
        update_where(CaseDesk, CaseDesk.case_id == case_id, passed_over_id=agent_id, opened_at=None)
        casework.write_line(case_id, line, None, agent_id)
        if waited:
            laddering.resume(question_id, f"returned:{case_id}")
    return moved


def name_waiting() -> int:
    """Agents for cases whose time to have one has come (stage E5), as soon as somebody is there and has room."""
    here = and_(
        StageRow.question_id == Case.question_id,
        StageRow.cycle == Case.cycle,
        StageRow.stage == Stage.ASSIGNED,
    )
    asleep = and_(CaseDesk.snoozed_until.is_not(None), CaseDesk.snoozed_until > clock.now())
    query = (
        select(Case.id)
        .join(StageRow, here)
        .outerjoin(CaseDesk, CaseDesk.case_id == Case.id)
        .where(Case.state == CaseState.QUEUED, or_(CaseDesk.case_id.is_(None), ~asleep))
        .order_by(*casework.closest_due())
        .limit(AT_A_TIME)
    )
    ids = list(db.session.scalars(query))
    db.session.rollback()
    return sum(assign_now(case_id) for case_id in ids) if ids and _anybody() else 0


def _anybody() -> bool:
    since = clock.now() - numbers.minutes("presence")
    here = (AgentDesk.away_at.is_(None), AgentDesk.seen_at >= since)
    found = db.session.scalar(select(AgentDesk.member_id).where(*here).limit(1)) is not None
    db.session.rollback()
    return found


def assign_now(case_id: int) -> bool:
    """Name an agent for one case, and tell them. False when nobody may get it now."""
    with unit_of_work():
        casework.hold(casework.load(case_id).question_id)
        case = casework.load(case_id)
        member_id = name_agent(case_id) if case.state in UNASSIGNED else None
        if member_id is not None:
            notices.tell_assigned(casework.load(case_id), member_id)
    return member_id is not None


def forget(member_id: int) -> None:
    """An account was closed: what it worked on comes back in the same transaction."""
    rows = list(
        db.session.scalars(select(Case.id).where(Case.assignee_id == member_id, Case.state.in_(WORKED_ON)))
    )
    for case_id in rows:
        _return(case_id, member_id, "returned")


def set_away(actor: Actor, away: bool) -> int:
    """Say that one is not there, or there again. What one works on goes back to the queue, but for cases that wait for
    their asker; returns how many. Repeating is harmless."""
    require(can_work(actor))
    assert actor.member_id is not None
    with unit_of_work():
        insert_once(AgentDesk, member_id=actor.member_id)
        mine = AgentDesk.member_id == actor.member_id
        if away:
            update_where(AgentDesk, mine, AgentDesk.away_at.is_(None), away_at=clock.now())
        else:
            update_where(AgentDesk, mine, away_at=None, seen_at=clock.now())
    return return_cases(actor.member_id) if away else 0
