"""The one writer of cases: opening, moving, naming an agent, and the line each of these leaves in the timeline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from accounts.members.models import Member
from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from common import clock, freshness, settings
from common.db import db, insert_many, insert_new, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.unit_of_work import kept, record
from forum.questions.models import Question
from moderation.escalation.models import AgentDesk, Case, CaseEvent, Ladder
from moderation.escalation.rules import (
    OPEN,
    WORKED_ON,
    CaseMove,
    CaseState,
    Priority,
    case_after,
    case_sources,
)
from moderation.events import CaseMoved, CaseOpened, CaseTaken
from moderation.routing.models import CaseDesk

ESCALATED = "escalated"
"""The line of a case that a moderator handed over although its question was answered."""
OFFICIAL_ROLES = (Role.AGENT, Role.MANAGER, Role.ADMIN)


def hold(question_id: int, with_question: bool = False) -> Ladder | None:
    """Whoever is to move a case begins here, ``with_question`` where the question itself changes as well; returns its
    ladder, if any.

    Everybody takes what a case hangs on in one order: texts, the question, the version of its page, the ladder, agents'
    desks, the case. So nobody who has the one waits for somebody who has the other.
    """
    if with_question:
        asked = Question.__table__.c.id
        db.session.execute(select(asked).where(asked == question_id).with_for_update()).all()
    freshness.touch(f"question:{question_id}")
    if not update_where(Ladder, Ladder.question_id == question_id, version=Ladder.version + 1):
        return None
    return db.session.get_one(Ladder, question_id)


def open_case(ladder: Ladder, promised_at: datetime | None, actor_id: int | None = None) -> int | None:
    """Open the case of this cycle; None when it was there. It stands in the queue at once."""
    return open_cases([(ladder, promised_at)], actor_id).get(ladder.question_id)


def open_cases(
    wanted: Sequence[tuple[Ladder, datetime | None]], actor_id: int | None = None
) -> dict[int, int]:
    """The same for many cycles, each with the moment of the promised reply: the new ones by their question."""
    rows = [
        {"question_id": ladder.question_id, "cycle": ladder.cycle, "state": case_after(CaseState.NEW, CaseMove.QUEUE),
         "priority": ladder.priority, "opened_at": clock.now(), "due_at": promised_at, "promised_at": promised_at}
        for ladder, promised_at in wanted
    ]  # fmt: skip
    opened = {row.question_id: row.id for row in insert_new(Case, rows, Case.question_id, Case.id)}
    write_lines([line(case_id, "opened", actor_id) for case_id in opened.values()])
    for question_id, case_id in opened.items():
        record(CaseOpened(case_id, question_id, actor_id))
    return opened


def move(case_id: int, step: CaseMove, *criteria: Any, **values: Any) -> bool:
    """Make a move by one conditional update; False when the case stands where the move is not legal.

    ``criteria`` narrow it further (still unassigned, still this version).
    """
    moved = 0
    for source in case_sources(step):
        target = case_after(source, step)
        moved += update_where(
            Case,
            Case.id == case_id,
            Case.state == source,
            *criteria,
            state=target,
            version=Case.version + 1,
            **values,
        )
        if moved:
            note_moved([case_id], source)
            break
    return bool(moved)


def note_moved(case_ids: Iterable[int], before: CaseState) -> None:
    """Record that cases stand elsewhere now; one that only changed hands stands where it did."""
    now = select(Case.id, Case.question_id, Case.state, Case.version).where(
        Case.id.in_(list(case_ids)), Case.state != before
    )
    for row in db.session.execute(now.order_by(Case.id)):
        record(CaseMoved(row.id, row.question_id, before.value, row.state.value, row.version))


def step_on(before: CaseState, long_ago: Any, after: CaseState, **values: Any) -> int:
    """Move all cases that have stood somewhere for long, at once; returns how many."""
    stand = update(Case).where(Case.state == before, long_ago)
    stand = stand.values(state=after, version=Case.version + 1, **values).returning(Case.id)
    moved = list(db.session.scalars(stand.execution_options(synchronize_session=False)))
    db.session.expire_all()
    note_moved(moved, before)
    return len(moved)


def write_line(
    case_id: int, kind: str, actor_id: int | None, subject_id: int | None = None, detail: str = ""
) -> None:
    """Add a line to the timeline."""
    write_lines([line(case_id, kind, actor_id, subject_id, detail)])


def write_lines(lines: list[dict[str, Any]]) -> None:
    """Add lines to the timelines of cases."""
    db.session.flush()
    insert_many(CaseEvent, lines)


def line(
    case_id: int, kind: str, actor_id: int | None, subject_id: int | None = None, detail: str = ""
) -> dict[str, Any]:
    """What happened to a case now, as a row."""
    return {
        "case_id": case_id, "kind": kind, "at": clock.now(), "actor_id": actor_id, "subject_id": subject_id,
        "detail": detail[:200],
    }  # fmt: skip


def escalated_at(case_id: int) -> datetime | None:
    """When a moderator last handed the case over although its question was answered; None for every other one."""
    mine = (CaseEvent.case_id == case_id, CaseEvent.kind == ESCALATED)
    return db.session.scalar(select(func.max(CaseEvent.at)).where(*mine))


def load(case_id: int, hold: bool = False) -> Case:
    """The case as it stands in the database now; with ``hold`` nobody else moves it until the end. Raises NotFound."""
    case = db.session.get(Case, case_id, populate_existing=True, with_for_update=hold or None)
    if case is None:
        raise NotFound()
    return case


def case_of(question_id: int, cycle: int) -> Case | None:
    """The case of a cycle, if the question ever reached the team in it."""
    query = select(Case).where(Case.question_id == question_id, Case.cycle == cycle)
    return db.session.scalar(query.execution_options(populate_existing=True))


def hold_cases(cycles: Mapping[int, int]) -> dict[int, Case]:
    """The cases of questions, each in its cycle, by their question; nobody else moves them until the unit of work ends."""
    query = select(Case).where(Case.question_id.in_(list(cycles))).order_by(Case.id).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {one.question_id: one for one in found if one.cycle == cycles[one.question_id]}


def in_team_hands(question_ids: Sequence[int]) -> set[int]:
    """Which of these questions have an open case."""
    mine = select(Case.question_id).where(Case.question_id.in_(question_ids), Case.state.in_(OPEN))
    return set(db.session.scalars(mine))


# --- naming an agent ------------------------------------------------------------------------------------------------


def load_of(member_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Open cases of each agent: all, and urgent ones."""
    rows = db.session.execute(
        select(
            Case.assignee_id,
            func.count().label("all"),
            func.count().filter(Case.priority == Priority.URGENT).label("urgent"),
        )
        .where(Case.assignee_id.in_(list(member_ids)), Case.state.in_(WORKED_ON))
        .group_by(Case.assignee_id)
    )
    return {row.assignee_id: (row.all, row.urgent) for row in rows}


def closest_due() -> tuple[Any, ...]:
    """The order in which cases are due; what owes nothing comes last on every database."""
    return Case.due_at.is_(None), Case.due_at, Case.id


def reopen(case: Case, **values: Any) -> bool:
    """Give a case that was over back to its agent; into the queue where they are away, that desk is full or nobody had it."""
    case_id, agent_id, priority = case.id, case.assignee_id, case.priority
    if agent_id is not None and not is_away(agent_id):
        hold_desks(agent_id)
        if has_room(agent_id, priority):
            return move(case_id, CaseMove.REOPEN, **values)
    return move(case_id, CaseMove.REVIVE, assignee_id=None, assigned_at=None, **values)


def is_away(member_id: int | None) -> bool:
    """Whether somebody said that they are not there."""
    row = db.session.get(AgentDesk, member_id) if member_id is not None else None
    return row is not None and row.away_at is not None


def hold_desks(*member_ids: int) -> None:
    """Put assignments to these agents in line, so that counting them and adding one is one act. All that may be needed at
    once: whoever took one desk after the other could wait for somebody who waits for them."""
    mine: set[int] = kept("desks", set)
    ids = sorted({*member_ids} - mine)
    if not ids:
        return
    mine.update(ids)
    insert_many(AgentDesk, [{"member_id": one} for one in ids], once=True)
    held = select(AgentDesk.member_id).where(AgentDesk.member_id.in_(ids)).order_by(AgentDesk.member_id)
    db.session.execute(held.with_for_update()).all()


def has_room(member_id: int, priority: Priority) -> bool:
    """Whether an agent may get one more case (`domain/escalation.md §C2.2`: 12 open, 4 of them urgent)."""
    every, urgent = load_of([member_id]).get(member_id, (0, 0))
    if priority is Priority.URGENT and urgent >= settings.get("escalation.agent_urgent_cap"):
        return False
    return every < settings.get("escalation.agent_cap")


def give(case_id: int, member_id: int, actor_id: int | None) -> None:
    """Make a member the agent of a queued case. Raises Conflict when somebody was faster or the desk is full."""
    hold_desks(member_id)
    case = load(case_id, hold=True)
    if not has_room(member_id, case.priority):
        raise Conflict(_("That desk is full: answer a case or pass one on first."))
    if not is_free(case):
        raise Conflict(_("A colleague has just taken this case."))
    hand_out({case: member_id}, actor_id)


def is_free(case: Case) -> bool:
    """Whether a case waits for somebody to take it."""
    return case.state in case_sources(CaseMove.TAKE) and case.assignee_id is None


def hand_out(agents: Mapping[Case, int], actor_id: int | None) -> None:
    """Make members the agents of cases that are free; the desks and the cases are held, and there is room."""
    now = clock.now()
    for case, member_id in agents.items():
        before = case.state
        case.state = case_after(before, CaseMove.TAKE) or before
        case.assignee_id, case.assigned_at, case.version = member_id, now, case.version + 1
        record(CaseMoved(case.id, case.question_id, before.value, case.state.value, case.version))
        record(CaseTaken(case.id, case.question_id, member_id))
    lines = [
        line(case.id, "taken" if actor_id == member_id else "assigned", actor_id, member_id)
        for case, member_id in agents.items()
    ]
    write_lines(lines)
    hand_over([case.id for case in agents], agents.values(), actor_id in agents.values())


def hand_over(case_ids: Collection[int], member_ids: Collection[int], is_opened: bool) -> None:
    """These members are idle no longer; they have opened these cases by taking them, or have still to open them."""
    desks = update(AgentDesk).where(AgentDesk.member_id.in_(member_ids)).values(last_assigned_at=clock.now())
    db.session.execute(desks)
    opened = clock.now() if is_opened else None
    handed = update(CaseDesk).where(CaseDesk.case_id.in_(case_ids))
    db.session.execute(handed.values(opened_at=opened, passed_over_id=None, snoozed_until=None))


def official_ids() -> list[int]:
    """Members who may speak for the brand and so may get a case."""
    return staff_ids(*OFFICIAL_ROLES)


def lead_ids() -> list[int]:
    """Managers; administrators where there is no manager."""
    return kept("leads", lambda: staff_ids(Role.MANAGER) or staff_ids(Role.ADMIN))


def agent_ids() -> list[int]:
    """Agents; managers where there is no agent."""
    return kept("agents", lambda: staff_ids(Role.AGENT) or lead_ids())


def is_silenced(member_id: int) -> bool:
    """Whether a member's account is closed or suspended now, so that no case goes there."""
    now = clock.now()
    row = db.session.execute(
        select(Member.closed_at, Member.suspended_until).where(Member.id == member_id)
    ).first()
    return (
        row is None
        or row.closed_at is not None
        or (row.suspended_until is not None and row.suspended_until > now)
    )
