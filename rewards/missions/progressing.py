"""Progress follows from facts: looked at after deeds, written once, rewarded once and within the budget."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.notifications.telling import tell
from common import clock
from common.db import db, insert_once, update_where
from common.unit_of_work import unit_of_work
from rewards.ledger import booking
from rewards.ledger.causes import add_reader
from rewards.ledger.rules import MISSION, Amounts, Cause, CauseType, Rule, plain_pay
from rewards.missions.counts import counts
from rewards.missions.models import Mission, MissionDone, MissionStep, StepDone
from rewards.missions.rules import MissionKind, MissionState, Step, StepKind, is_for, reached


def active(now: datetime) -> list[Mission]:
    """Missions that are open at a moment. One query."""
    open_ = (Mission.state == MissionState.ACTIVE, Mission.starts_at <= now)
    lasting = Mission.ends_at.is_(None) | (Mission.ends_at > now)
    return list(db.session.scalars(select(Mission).where(*open_, lasting).order_by(Mission.id)))


def steps_of(mission_ids: Iterable[int]) -> dict[int, list[Step]]:
    """The steps of missions, in their order. One query."""
    found: dict[int, list[Step]] = {}
    rows = db.session.scalars(
        select(MissionStep)
        .where(MissionStep.mission_id.in_(list(mission_ids)))
        .order_by(MissionStep.position)
    )
    for row in rows:
        found.setdefault(row.mission_id, []).append(Step(row.id, StepKind(row.kind), row.wanted))
    return found


def settle(member_ids: Iterable[int]) -> int:
    """Write down the steps these members have done, and reward who has finished. Returns how many finished now.

    Whoever is silenced or suspended earns nothing meanwhile; what was done by then counts afterwards.

    The number of queries grows with the missions that are open, not with the members.
    """
    now = clock.now()
    open_ = [(one.id, MissionKind(one.kind), one.starts_at, one.ends_at, one.days) for one in active(now)]
    if not open_:
        return 0
    free = [or_(until.is_(None), until <= now) for until in (Member.silenced_until, Member.suspended_until)]
    people = db.session.execute(
        select(Member.id, Member.joined_at).where(
            Member.id.in_(sorted(set(member_ids))),
            Member.closed_at.is_(None),
            Member.role.not_in(STAFF),
            *free,
        )
    ).all()
    steps = steps_of(one[0] for one in open_)
    finished = 0
    for mission_id, kind, starts_at, ends_at, days in open_:
        ids = [who.id for who in people if is_for(kind, who.joined_at, starts_at, ends_at, days, now)]
        finished += _settle(
            mission_id, steps.get(mission_id, []), ids, None if kind is MissionKind.ONBOARDING else starts_at
        )
    return finished


def _settle(mission_id: int, steps: list[Step], ids: list[int], since: datetime | None) -> int:
    over = select(MissionDone.member_id).where(MissionDone.mission_id == mission_id)
    done_already = set(db.session.scalars(over.where(MissionDone.member_id.in_(ids)))) if ids else set()
    ids = [one for one in ids if one not in done_already]
    if not ids or not steps:
        return 0
    known: dict[int, set[int]] = {one: set() for one in ids}
    rows = select(StepDone.member_id, StepDone.step_id).where(
        StepDone.member_id.in_(ids), StepDone.step_id.in_([step.id for step in steps])
    )
    for member_id, step_id in db.session.execute(rows):
        known[member_id].add(step_id)
    deeds = counts((step.kind for step in steps), ids, since)
    now_done = {one: reached(steps, deeds[one], known[one]) for one in ids}
    news = {one: set(done) - known[one] for one, done in now_done.items() if set(done) - known[one]}
    finished = 0
    for member_id, new in news.items():
        with unit_of_work():
            for step_id in sorted(new):
                insert_once(StepDone, step_id=step_id, member_id=member_id, done_at=clock.now())
            if len(now_done[member_id]) == len(steps):
                finished += _finish(mission_id, member_id)
    return finished


def _unfinished(lines: list[booking.Line]) -> list[booking.Line]:
    """Lines of missions that nobody has finished (``ledger.causes``)."""
    d = MissionDone
    paid = select(d.mission_id, d.member_id).where(
        d.member_id.in_({one.member_id for one in lines}), d.paid.is_(True)
    )
    there = set(db.session.execute(paid).tuples())
    return [one for one in lines if (int(one.cause.id), one.member_id) not in there]


add_reader(CauseType.MISSION, _unfinished)


def _finish(mission_id: int, member_id: int) -> bool:
    """The mission is done: once, with its reward while the budget lasts."""
    if insert_once(MissionDone, mission_id=mission_id, member_id=member_id, done_at=clock.now()) is None:
        return False
    mission = db.session.get_one(Mission, mission_id)
    amounts = Amounts(mission.reputation, mission.spendable)
    left = (Mission.id == mission_id, Mission.spent + amounts.spendable <= Mission.budget)
    paid = bool(amounts) and bool(update_where(Mission, *left, spent=Mission.spent + amounts.spendable))
    if paid:
        rule = Rule(MISSION, amounts, capped=False)
        booking.credit(
            member_id, rule, Cause(CauseType.MISSION, str(mission_id)), plain_pay(rule), booking.Place(), None
        )
        mine = (MissionDone.mission_id == mission_id, MissionDone.member_id == member_id)
        update_where(MissionDone, *mine, paid=True)
    tell(
        member_id,
        "mission-done",
        f"mission:{mission_id}",
        mission_id=mission_id,
        points=amounts.spendable if paid else 0,
    )
    return True
