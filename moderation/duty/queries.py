"""Reads of duty: the week as a grid, who is on duty now, one's own half-days, words handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import Role
from accounts.signin.sessions import actor_of
from common import clock, settings
from common.db import db
from common.i18n import day_begins, local
from common.permissions import Actor
from forum.browsing.queries import categories
from forum.questions.models import Question
from moderation.delegation import scope
from moderation.delegation.models import Agency, AgencySeat, Grant
from moderation.delegation.rules import Right
from moderation.duty import numbers
from moderation.duty.models import DutyShift, Handover
from moderation.duty.rules import REMEMBERED, WEEK, Shift, monday_of, shift_at, shifts_of
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemState, ItemType

PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A half-day of the grid: by category in the order of the columns, who is there."""

    shift: Shift
    begins_at: datetime
    is_now: bool
    people: list[list[MemberCard]]


@dataclass(frozen=True, slots=True)
class Week:
    """The grid. ``columns`` are (category id, name)."""

    monday: date
    begins_at: datetime
    before: date
    after: date
    columns: list[tuple[int, str]]
    lines: list[Line]


def week(actor: Actor, day: date) -> Week:
    """The week of a day, in the categories the reader looks after. Two statements."""
    monday, columns = monday_of(day), areas(actor)
    rows = db.session.execute(
        select(DutyShift.day, DutyShift.half, DutyShift.category_id, DutyShift.member_id)
        .where(DutyShift.day.between(monday, monday + timedelta(days=WEEK - 1)))
        .where(DutyShift.category_id.in_([number for number, _name in columns]))
        .order_by(DutyShift.id)
    ).all()
    people = cards(row.member_id for row in rows)
    found: dict[Any, list[MemberCard]] = {}
    for row in rows:
        found.setdefault((row.day, row.half, row.category_id), []).append(people[row.member_id])
    now = numbers.now_shift()
    lines = [
        Line(
            one,
            day_begins(one.day),
            one == now,
            [found.get((one.day, one.half, number), []) for number, _name in columns],
        )
        for one in shifts_of(monday)
    ]
    return Week(
        monday,
        day_begins(monday),
        monday - timedelta(days=WEEK),
        monday + timedelta(days=WEEK),
        columns,
        lines,
    )


def areas(actor: Actor) -> list[tuple[int, str]]:
    """The categories whose duty the reader sees: all of them, or those of their grants."""
    known = [(one.id, one.name) for one in categories()]
    if actor.is_staff:
        return known
    granted = set(db.session.scalars(scope.granted(actor, Right.DECIDE)))
    return [one for one in known if one[0] in granted]


def may_be_on_duty(member_id: int, category_id: int) -> bool:
    """Whether somebody decides about texts of a category, or answers its cases, as their work."""
    member = db.session.get(Member, member_id)
    if member is None or member.closed_at is not None:
        return False
    actor = actor_of(member)
    return actor.can_answer_officially or scope.has(actor, Right.DECIDE, category_id)


def plannable(actor: Actor) -> list[MemberCard]:
    """Whom the actor may put on duty."""
    if not actor.is_manager:
        return [cards([actor.member_id])[actor.member_id]]
    roles = (Role.MODERATOR, Role.AGENT, Role.MANAGER, Role.ADMIN)
    query = select(Member.id).where(Member.role.in_(roles), Member.closed_at.is_(None))
    ids = list(db.session.scalars(query.order_by(Member.display_name, Member.id).limit(PEOPLE)))
    known = cards(ids)
    return [known[one] for one in ids]


def on_duty(category_id: int | None, at: datetime | None = None) -> list[int]:
    """Who is on duty for a category, or for any when it has none, and still may be: for alarms. One statement."""
    now = shift_at(local(at or clock.now()), settings.get("moderation.duty_noon"))
    there = [DutyShift.day == now.day, DutyShift.half == now.half]
    if category_id is not None:
        there.append(DutyShift.category_id == category_id)
    query = (
        select(DutyShift.member_id)
        .join(Member, Member.id == DutyShift.member_id)
        .where(
            *there, Member.closed_at.is_(None), Member.role.in_((Role.MODERATOR, Role.MANAGER, Role.ADMIN))
        )
        .where(or_(Member.is_limited.is_(False), _still_granted()))
    )
    return list(db.session.scalars(query.distinct().order_by(DutyShift.member_id)))


def _still_granted() -> ColumnElement[bool]:
    """A limited moderator's grant for the category of the half-day, in person or by their team."""
    seat = (
        select(AgencySeat.agency_id)
        .join(Agency, Agency.id == AgencySeat.agency_id)
        .where(AgencySeat.member_id == DutyShift.member_id, AgencySeat.ended_at.is_(None))
        .where(Agency.ends_at.is_(None) | (Agency.ends_at > clock.now()))
    )
    mine = or_(Grant.member_id == DutyShift.member_id, Grant.agency_id.in_(seat))
    return (
        select(Grant.id)
        .where(mine, Grant.category_id == DutyShift.category_id, Grant.right == Right.DECIDE)
        .exists()
    )


def own_shifts(member_id: int, since: date, until: date) -> list[tuple[Shift, str]]:
    """Somebody's half-days with the category's name, for their calendar."""
    names = {one.id: one.name for one in categories()}
    rows = db.session.execute(
        select(DutyShift.day, DutyShift.half, DutyShift.category_id)
        .where(DutyShift.member_id == member_id, DutyShift.day.between(since, until))
        .order_by(DutyShift.day, DutyShift.half, DutyShift.category_id)
        .limit(1_000)
    )
    return [(Shift(row.day, row.half), names.get(row.category_id, "")) for row in rows]


# --- handing over -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """The open items of a category at one moment."""

    waiting: int
    late: int
    urgent: int
    oldest_at: datetime | None


def state_of(category_id: int) -> State:
    """What waits in a category now. One statement."""
    at = clock.now()
    here = select(Question.__table__.c.id).where(Question.__table__.c.category_id == category_id)
    of_category = or_(
        ReviewItem.question_id.in_(here),
        (ReviewItem.question_id.is_(None)) & (ReviewItem.category_id == category_id),
    )
    row = db.session.execute(
        select(
            func.count(), func.count().filter(ReviewItem.due_at < at), func.count().filter(ReviewItem.klass == 0),
            func.min(ReviewItem.created_at),
        ).where(
            ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)), ReviewItem.kind != ItemType.AUDIT, of_category
        )
    ).one()  # fmt: skip
    return State(*row)


@dataclass(frozen=True, slots=True)
class Note:
    """A word that was handed over."""

    handover: Handover
    day_at: datetime
    category: str
    author: MemberCard
    reader: MemberCard | None
    may_acknowledge: bool


def notes(actor: Actor) -> list[Note]:
    """The words of the last two weeks in the reader's categories, what nobody has read first. Two statements."""
    names: dict[int, str] = dict(areas(actor))
    query = (
        select(Handover)
        .where(Handover.category_id.in_(list(names)), Handover.written_at >= clock.now() - REMEMBERED)
        .order_by(Handover.acknowledged_at.is_not(None), Handover.written_at.desc(), Handover.id.desc())
        .limit(60)
    )
    found: list[Handover] = list(db.session.scalars(query))
    people: Any = cards({one.author_id for one in found} | {one.acknowledged_by_id for one in found})
    return [
        Note(
            one, day_begins(one.day), names[one.category_id], people[one.author_id],
            people[one.acknowledged_by_id] if one.acknowledged_by_id else None,
            one.acknowledged_at is None and one.author_id != actor.member_id,
        )
        for one in found
    ]  # fmt: skip


def unread_count(actor: Actor) -> int:
    """Words nobody has read yet, others' than one's own: for the rail."""
    unread = (Handover.acknowledged_at.is_(None), Handover.author_id != actor.member_id)
    recent = Handover.written_at >= clock.now() - REMEMBERED
    query = select(func.count()).select_from(Handover).where(*unread, recent)
    if not actor.is_staff:
        query = query.where(Handover.category_id.in_(scope.granted(actor, Right.DECIDE)))
    return db.session.scalar(query) or 0
