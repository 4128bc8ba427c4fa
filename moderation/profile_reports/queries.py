"""Reads of reported profiles: those that wait, and one's own reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db
from common.permissions import Actor
from moderation.profile_reports.models import ProfileReport
from moderation.profile_reports.permissions import can_judge
from moderation.profile_reports.rules import DUE_HOURS

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A profile with the reports about it; nobody reads those about themselves."""

    member: Member
    reports: list[tuple[MemberCard, ProfileReport]]
    since: datetime
    is_late: bool
    may_judge: bool


def waiting(actor: Actor) -> list[Waiting]:
    """Reported profiles, the longest waiting first."""
    since = func.min(ProfileReport.created_at)
    rows = db.session.execute(
        select(ProfileReport.member_id, since)
        .where(ProfileReport.active_key.is_not(None), ProfileReport.member_id != actor.member_id)
        .group_by(ProfileReport.member_id)
        .order_by(since)
        .limit(SHOWN)
    ).all()
    ids = [row[0] for row in rows]
    members = {one.id: one for one in db.session.scalars(select(Member).where(Member.id.in_(ids)))}
    reports = list(
        db.session.scalars(
            select(ProfileReport)
            .where(ProfileReport.member_id.in_(ids), ProfileReport.active_key.is_not(None))
            .order_by(ProfileReport.id)
            .limit(200)
        )
    )
    people = cards({one.reporter_id for one in reports})
    late = clock.now() - timedelta(hours=DUE_HOURS)
    return [
        Waiting(
            members[member_id], [(people[one.reporter_id], one) for one in reports if one.member_id == member_id],
            first, first < late, bool(can_judge(actor, members[member_id])),
        )
        for member_id, first in rows
    ]  # fmt: skip


def own_report(actor: Actor, member_id: int) -> ProfileReport | None:
    """One's own report of a profile while it waits."""
    key = f"{member_id}:{actor.person_id}"
    return db.session.scalar(select(ProfileReport).where(ProfileReport.active_key == key))
