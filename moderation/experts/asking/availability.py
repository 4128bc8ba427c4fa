"""Who may be asked about a question now: bounded statements, the caps read under the lock of each member's wish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from accounts.masks.queries import person_behind, person_of
from accounts.members import rights
from accounts.members.models import Member
from accounts.members.rules import Role
from accounts.messages.queries import who_blocked
from accounts.notifications.listening import HOURS, hours_from
from accounts.notifications.models import AlertChoice
from accounts.notifications.rules import is_quiet
from accounts.signin.sessions import actor_of
from common.db import db
from common.i18n import _
from common.permissions import may_write
from forum.invitations.models import AnswerInvitation, InvitationsRefused
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.experts.asking import terms
from moderation.experts.asking.courtesy_rules import LEAST_RANK, InvitationState, has_room
from moderation.experts.models import ExpertInvitation, ExpertMute, ExpertRecord, ExpertWish
from moderation.experts.rules import LATELY

LOOKED_AT = 80
"""Members by their score who are looked at for one wave."""


rights.opens("experts.invited", _("invitations to answer where you know the subject"), LEAST_RANK)


@dataclass(frozen=True, slots=True)
class Free:
    """Who may be asked, with their ranks; who of them is woken, as they allow when it is urgent; and whether somebody
    may not only because it is night there."""

    ranks: dict[int, int] = field(default_factory=dict)
    woken: frozenset[int] = frozenset()
    asleep: bool = False


def willing(at: datetime) -> ColumnElement[bool]:
    """The criterion on ExpertRecord of members who want to be asked and are not away; the rest is looked at closely."""
    free = (
        ExpertWish.wanted,
        or_(ExpertWish.away_until.is_(None), ExpertWish.away_until <= at),
        or_(ExpertWish.paused_until.is_(None), ExpertWish.paused_until <= at),
        Member.rank >= LEAST_RANK,
        Member.role == Role.MEMBER,
        Member.closed_at.is_(None),
    )
    found = select(ExpertWish.member_id).join(Member, Member.id == ExpertWish.member_id).where(*free)
    return ExpertRecord.member_id.in_(found)


def responses(at: datetime) -> dict[int, tuple[int, int, int, int]]:
    """Member → invitations that count, answered ones, open ones, those of the last days; of those who were ever asked and
    still may be."""
    one = ExpertInvitation
    is_open, is_late = one.state == InvitationState.OPEN, one.invited_at >= at - LATELY
    now = (
        select(
            one.member_id,
            func.count().filter(is_open).label("open"),
            func.count().filter(is_late).label("lately"),
        )
        .where(or_(is_open, is_late))
        .group_by(one.member_id)
        .subquery()
    )
    query = (
        select(
            ExpertWish.member_id,
            ExpertWish.invited_count,
            ExpertWish.answered_count,
            now.c.open,
            now.c.lately,
        )
        .outerjoin(now, now.c.member_id == ExpertWish.member_id)
        .where(ExpertWish.wanted, or_(ExpertWish.invited_count > 0, now.c.lately > 0, now.c.open > 0))
    )
    return {row[0]: (row[1], row[2], row[3] or 0, row[4] or 0) for row in db.session.execute(query)}


def free(question_id: int, member_ids: Iterable[int], at: datetime, urgent: bool, hold: bool = True) -> Free:
    """Who of these may be asked about the question now. To ask them (``hold``), inside a unit of work: their wishes stay
    locked until it ends.

    Why somebody may not is nobody's business.
    """
    ids = list(member_ids)[:LOOKED_AT]
    wishes = _wishes(ids, at, hold)
    ids = [one for one in ids if one in wishes]
    asked = db.session.execute(
        select(Question.category_id, Question.author_id).where(Question.id == question_id)
    ).first()
    if not ids or asked is None:
        return Free()
    out = {
        person_behind(asked.author_id), *_involved(question_id, ids), *_muted(ids, asked.category_id, at), *_full(ids, at),
        *who_blocked(person_behind(asked.author_id), ids),
    }  # fmt: skip
    people = _people([one for one in ids if one not in out], at)
    night = {one for one in people if _sleeps(people[one][1], at)}
    woken = frozenset(one for one in night if urgent and wishes[one].at_night)
    asleep = night - woken
    return Free({one: people[one][0] for one in people if one not in asleep}, woken, bool(asleep))


def _wishes(ids: Collection[int], at: datetime, hold: bool) -> dict[int, ExpertWish]:
    """The wishes of these members as they stand; held always in the order of their numbers, so nobody waits in a ring."""
    query = select(ExpertWish).where(ExpertWish.member_id.in_(ids)).order_by(ExpertWish.member_id)
    query = query.with_for_update() if hold else query
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.member_id: row for row in rows if _wants(row, at)}


def _wants(wish: ExpertWish, at: datetime) -> bool:
    return wish.wanted and not any(until and until > at for until in (wish.away_until, wish.paused_until))


def _involved(question_id: int, ids: Collection[int]) -> set[int]:
    """Who was asked before, by us or by a member, takes part, or wants no invitations at all."""
    asked = select(ExpertInvitation.member_id).where(ExpertInvitation.question_id == question_id)
    named = select(AnswerInvitation.member_id).where(AnswerInvitation.question_id == question_id)
    refused = select(InvitationsRefused.member_id).where(InvitationsRefused.member_id.in_(ids))
    thread = or_(Post.id == question_id, Post.question_id == question_id)
    wrote = select(person_of(Post.author_id)).where(thread, Post.state == PostState.PUBLISHED)
    return {one for query in (asked, named, refused, wrote) for one in db.session.scalars(query)}


def _muted(ids: Collection[int], category_id: int, at: datetime) -> set[int]:
    lasting = or_(ExpertMute.until.is_(None), ExpertMute.until > at)
    query = select(ExpertMute.member_id).where(
        ExpertMute.member_id.in_(ids), ExpertMute.category_id == category_id, lasting
    )
    return set(db.session.scalars(query))


def _full(ids: Collection[int], at: datetime) -> set[int]:
    """Who has had enough for now: what members invited them to counts as well."""
    week = at - timedelta(days=7)
    received: dict[int, list[datetime]] = defaultdict(list)
    for table, moment in (
        (ExpertInvitation, ExpertInvitation.invited_at),
        (AnswerInvitation, AnswerInvitation.created_at),
    ):
        query = select(table.member_id, moment).where(table.member_id.in_(ids), moment > week)
        for member_id, came in db.session.execute(query):
            received[member_id].append(came)
    waits = select(ExpertInvitation.member_id, func.count()).where(
        and_(ExpertInvitation.member_id.in_(ids), ExpertInvitation.state == InvitationState.OPEN)
    )
    open_ = {row[0]: row[1] for row in db.session.execute(waits.group_by(ExpertInvitation.member_id))}
    caps = terms.caps()
    return {one for one in ids if not has_room(received[one], open_.get(one, 0), at, caps)}


def _people(ids: Collection[int], at: datetime) -> dict[int, tuple[int, Any]]:
    """Rank and hours of those who may write, in the order of their score."""
    query = select(Member, *HOURS).outerjoin(AlertChoice, AlertChoice.member_id == Member.id)
    rows = {row.Member.id: row for row in db.session.execute(query.where(Member.id.in_(ids)))}
    return {
        one: (rows[one].Member.rank, rows[one])
        for one in ids
        if one in rows and _may_help(rows[one].Member, at)
    }


def _may_help(member: Member, at: datetime) -> bool:
    standing = member.closed_at is None and member.role == Role.MEMBER and member.rank >= LEAST_RANK
    return standing and bool(may_write(actor_of(member, at)))


def _sleeps(row: Any, at: datetime) -> bool:
    hours = hours_from(row)
    return is_quiet(at, hours.zone, hours.night)
