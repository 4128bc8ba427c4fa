"""What comes back to the queue: cases nobody opened, cases of somebody who is gone or away; and agents for what waits.

Source: domain/escalation.md §C2.2, §C3 (`assigned → queued` by timeout or leave).
"""

from __future__ import annotations

import logging
from contextlib import suppress

from sqlalchemy import and_, or_, select

from accounts.members.models import Member
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.questions.replying import end_requests
from forum.solutions.walking import BATCH, walk
from moderation.escalation import casework, laddering
from moderation.escalation.models import AgentDesk, Case, StageRow
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import UNASSIGNED, WORKED_ON, CaseMove, CaseState, Stage
from moderation.routing import applying, notices, numbers
from moderation.routing.assigning import name_agent, who_would_get
from moderation.routing.models import CaseDesk

log = logging.getLogger("fourmi.escalation")


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
    mine = () if member_id is None else (Case.assignee_id == member_id,)
    query = (
        select(Question.id, Case.id.label("case_id"), Case.assignee_id)
        .join(Case, Case.question_id == Question.id)
        .join(Member, Member.id == Case.assignee_id)
        .outerjoin(AgentDesk, AgentDesk.member_id == Case.assignee_id)
        .where(Case.state.in_(WORKED_ON), or_(gone, away), *mine)
    )
    return walk(query, lambda row: _return(row.case_id, row.assignee_id, "returned"))


def return_unopened() -> int:
    """Cases that were given to somebody who has not opened them in working time: to the queue, and to somebody else."""
    query = (
        select(Question.id, Case.id.label("case_id"), Case.assignee_id)
        .join(Case, Case.question_id == Question.id)
        .join(CaseDesk, CaseDesk.case_id == Case.id)
        .where(
            Case.state == CaseState.ASSIGNED, CaseDesk.opened_at.is_(None),
            Case.assigned_at <= clock.now() - numbers.minutes("unopened"),
        )
    )  # fmt: skip
    return walk(
        query, lambda row: _is_unopened(row.case_id) and _return(row.case_id, row.assignee_id, "unopened")
    )


def _is_unopened(case_id: int) -> bool:
    case, desk = casework.load(case_id), applying.at(case_id)
    if case.assigned_at is None or desk is None:
        return False
    hours = applying.hours_of(case, desk.team_id)
    return hours.between(case.assigned_at, clock.now()) >= numbers.minutes("unopened")


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
    )
    ids = list(db.session.scalars(query)) if _anybody() else []
    db.session.rollback()
    named = 0
    for first in range(0, len(ids), BATCH):
        for case_id in _with_somebody(ids[first : first + BATCH]):
            try:
                named += assign_now(case_id)
            except Exception:
                db.session.rollback()
                log.exception("case %s could not be given to anybody", case_id)
    return named


def _with_somebody(ids: list[int]) -> list[int]:
    """Those of these cases for which somebody is there now, each counted for the next; read together, nothing is given."""
    with unit_of_work():
        cases = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids)))}
        return [case.id for case in who_would_get([cases[one] for one in ids if one in cases])]


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
