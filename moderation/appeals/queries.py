"""Reads of appeals: what waits, with its clock; one appeal beside the decision it is about; bans that wait for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common import clock, text
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence
from common.lists import Page, keyset, page_of
from common.permissions import Actor, Verdict, refuse
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_decide
from moderation.review.wording import REASONS
from moderation.sanctions.appealing import ASSIGNED_FOR, of_statement
from moderation.sanctions.models import Appeal, Sanction, Statement
from moderation.sanctions.queries import about
from moderation.sanctions.rules import WAITING, AppealState, SanctionKind, SanctionState
from moderation.sanctions.wording import MEASURES, parts_of

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """An appeal in the list."""

    id: int
    member: MemberCard
    title: Sentence
    reason: Sentence
    excerpt: str
    state: AppealState
    round: int
    created_at: datetime
    due_at: datetime | None
    is_late: bool
    assigned_to: MemberCard | None


def waiting_appeals(after: str | None, answered: bool = False) -> Page[Line]:
    """Appeals that wait, the one due first on top; or those that were answered, the latest first."""
    query = (
        select(Appeal, Statement, ReviewItem.due_at)
        .join(Statement, Statement.id == Appeal.statement_id)
        .outerjoin(ReviewItem, ReviewItem.id == Appeal.item_id)
    )
    if answered:
        query = query.where(Appeal.state.not_in(WAITING))
        rows = list(db.session.execute(keyset(query, Appeal.created_at, Appeal.id, after, SHOWN)))
        page = page_of(rows, SHOWN, lambda row: (row[0].created_at, row[0].id))
        return Page(_lines(page.items), page.next)
    due = func.coalesce(ReviewItem.due_at, Appeal.created_at)
    query = keyset(query.where(Appeal.state.in_(WAITING)), due, Appeal.id, after, SHOWN, oldest_first=True)
    page = page_of(
        list(db.session.execute(query)), SHOWN, lambda row: (row[2] or row[0].created_at, row[0].id)
    )
    return Page(_lines(page.items), page.next)


def _lines(rows: Sequence) -> list[Line]:
    people = cards({a.member_id for a, _s, _d in rows} | {a.assigned_to_id for a, _s, _d in rows})
    now = clock.now()
    return [
        Line(
            one.id, people[one.member_id], MEASURES[about.measure], REASONS[about.reason], text.excerpt(one.text, 140),
            AppealState(one.state), one.round, one.created_at, due, bool(due and due < now and one.state in WAITING),
            people[one.assigned_to_id] if one.assigned_to_id else None,
        )
        for one, about, due in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A ban that waits for a second person."""

    id: int
    member: MemberCard
    by: MemberCard
    reason: Sentence
    message: str
    at: datetime


def proposals() -> list[Proposal]:
    """Bans that wait, the oldest first."""
    s = Sanction
    rows = db.session.scalars(
        select(s)
        .where(s.state == SanctionState.PROPOSED, s.kind == SanctionKind.BAN)
        .order_by(s.begins_at, s.id)
        .limit(SHOWN)
    ).all()
    people = cards({one.member_id for one in rows} | {one.actor_id for one in rows})
    return [
        Proposal(
            one.id,
            people[one.member_id],
            people[one.actor_id],
            REASONS[one.reason],
            one.message,
            one.begins_at,
        )
        for one in rows
    ]


@dataclass(frozen=True, slots=True)
class AppealView:
    """One appeal beside the decision it is about."""

    appeal: Appeal
    statement: Statement
    title: Sentence
    parts: dict[str, list[Sentence | str]]
    html: Markup
    member: MemberCard
    decided_by: MemberCard | None
    assigned_to: MemberCard | None
    answered_by: MemberCard | None
    earlier: list[Appeal]
    due_at: datetime | None
    is_late: bool
    is_measure: bool
    shorter: tuple[int, ...]
    may_answer: Verdict
    is_waiting: bool


def appeal_view(actor: Actor, appeal_id: int) -> AppealView:
    """Everything the desk's page shows. Raises :class:`NotFound`."""
    appeal = db.session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound()
    statement = db.session.get_one(Statement, appeal.statement_id)
    item = db.session.get(ReviewItem, appeal.item_id) if appeal.item_id else None
    sanction = db.session.scalar(select(Sanction).where(Sanction.statement_id == statement.id))
    people = cards([appeal.member_id, statement.actor_id, appeal.assigned_to_id, appeal.decided_by_id])
    now, waiting = clock.now(), appeal.state in WAITING
    may = can_decide(actor, item) if item is not None else refuse("")
    return AppealView(
        appeal, statement, MEASURES[statement.measure], parts_of(statement),
        about(statement).html, people[appeal.member_id],
        people[statement.actor_id] if statement.actor_id and not statement.automated_decision else None,
        people[appeal.assigned_to_id] if appeal.assigned_to_id else None,
        people[appeal.decided_by_id] if appeal.decided_by_id else None,
        [one for one in of_statement(statement.id) if one.id != appeal.id], item.due_at if item else None,
        bool(item and waiting and item.due_at < now), sanction is not None, _shorter(sanction, now), may, waiting,
    )  # fmt: skip


def _shorter(sanction: Sanction | None, now: datetime) -> tuple[int, ...]:
    """The lengths a measure may be cut to: those that are not over yet."""
    if sanction is None or sanction.kind == SanctionKind.WARNING:
        return ()
    began, ends = sanction.begins_at, sanction.ends_at
    return tuple(hours for hours in (24, 72, 168, 720) if now < began + timedelta(hours=hours) < ends)


def own_appeal(actor: Actor, appeal_id: int) -> tuple[Appeal, Statement, datetime | None]:
    """One's own appeal, with the moment it is promised to be answered by. Raises :class:`NotFound` for anybody else."""
    appeal = db.session.get(Appeal, appeal_id)
    if appeal is None or actor.person_id is None or appeal.member_id != actor.person_id:
        raise NotFound()
    item = db.session.get(ReviewItem, appeal.item_id) if appeal.item_id else None
    return appeal, db.session.get_one(Statement, appeal.statement_id), item.due_at if item else None


def may_take(actor: Actor, view: AppealView) -> bool:
    """Whether this person may take the appeal: nobody has it, or somebody has had it for a day."""
    taken_at = view.appeal.assigned_at
    if not view.is_waiting or not view.may_answer:
        return False
    return view.appeal.assigned_to_id != actor.member_id and (
        taken_at is None or taken_at < clock.now() - ASSIGNED_FOR
    )
