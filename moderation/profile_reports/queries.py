"""Reads of reported profiles: one's own report, and what a moderator reads."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from accounts.members.models import Member
from common.db import db
from common.errors import NotFound
from common.permissions import Actor
from moderation.profile_reports.models import ProfileReport


def own_report(actor: Actor, member_id: int) -> ProfileReport | None:
    """One's own report of a profile while it waits."""
    key = f"{member_id}:{actor.person_id}"
    return db.session.scalar(select(ProfileReport).where(ProfileReport.active_key == key))


def reported(member_id: int, lock: bool = False) -> Member | None:
    """The profile as it is now; None when its member has left. ``lock`` for a decision."""
    query = select(Member).where(Member.id == member_id, Member.closed_at.is_(None))
    query = query.with_for_update(of=Member) if lock else query
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def open_member(member_id: int) -> Member:
    """Somebody whose profile everybody can read. Raises :class:`NotFound`."""
    member = db.session.get(Member, member_id, populate_existing=True)
    if member is None or member.closed_at is not None or member.is_mask:
        raise NotFound()
    return member


def stamp_of(member: Member) -> str:
    """Which name, presentation and town were shown."""
    words = "\x1f".join((member.display_name, member.bio or "", member.city or ""))
    return "p" + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
