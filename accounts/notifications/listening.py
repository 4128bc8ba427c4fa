"""Whom news may reach and how: addresses, hours and wishes of many members, read in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from accounts.members.models import Member
from accounts.notifications.models import AlertChoice, Preference
from accounts.notifications.rules import GATHERED, NIGHT, Event, Mail, Night, Rhythm, digest_due, mail_due
from common import clock, settings
from common.db import db
from common.i18n import _

settings.define(
    "notifications.time_zone",
    "Europe/Paris",
    help=_("Time zone in which nights and days of members are counted who chose none."),
)
settings.define(
    "notifications.digest", Rhythm.WEEKLY.value, choices=tuple(Rhythm),
    help=_("How often members get a digest who chose nothing."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """When mails may come to a member, and how often the digest does."""

    zone: str
    night: Night
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class Listener:
    """A member as far as telling them something goes. ``wish`` is what they chose for the line, or its default."""

    member_id: int
    has_mailbox: bool
    suspended: bool
    hours: Hours
    wish: Event

    def due(self, moment: datetime, urgent: bool, before: datetime | None) -> tuple[datetime | None, bool]:
        """When the mail leaves (None: never), and whether it waits for a letter that gathers several."""
        if not self.has_mailbox:
            return None, False
        zone, night = self.hours.zone, self.hours.night
        if self.wish.mail is Mail.OFF and not urgent:
            due = digest_due(self.hours.rhythm, moment, zone, night) if self.wish.digest else None
            return due, due is not None
        return mail_due(self.wish.mail, moment, zone, urgent, before, night), self.wish.mail in GATHERED


HOURS = (AlertChoice.time_zone, AlertChoice.quiet_from, AlertChoice.quiet_to, AlertChoice.digest)


def hours_from(row: Any) -> Hours:
    """The hours in a row that holds :data:`HOURS`, the community's where the member chose none."""
    zone = row.time_zone or settings.get("notifications.time_zone")
    if row.quiet_from is None:
        return Hours(zone, NIGHT, Rhythm(settings.get("notifications.digest")))
    return Hours(zone, (row.quiet_from, row.quiet_to), Rhythm(row.digest))


def hours_of(member_id: int) -> Hours:
    """One member's hours."""
    query = select(Member.id, *HOURS).outerjoin(AlertChoice, AlertChoice.member_id == Member.id)
    row = db.session.execute(query.where(Member.id == member_id)).first()
    return (
        hours_from(row)
        if row is not None
        else Hours(settings.get("notifications.time_zone"), NIGHT, Rhythm.NEVER)
    )


def listeners(member_ids: Iterable[int], line: str, default: Event) -> list[Listener]:
    """Those of these members who have an open account, with what each wishes for a line. One statement."""
    rows = db.session.execute(_listeners(line).where(Member.id.in_(list(member_ids))))
    return [_listener(row, line, default) for row in rows]


def _listeners(line: str) -> Select[*tuple[Any, ...]]:
    about = and_(Preference.member_id == Member.id, Preference.event == line)
    return (
        select(
            Member.id, Member.email, Member.email_verified_at, Member.suspended_until, *HOURS,
            Preference.on_site, Preference.mail, Preference.digest.label("in_digest"),
        )
        .outerjoin(AlertChoice, AlertChoice.member_id == Member.id)
        .outerjoin(Preference, about)
        .where(Member.closed_at.is_(None))
    )  # fmt: skip


def _listener(row: Any, line: str, default: Event) -> Listener:
    chosen = row.on_site is not None and not default.always
    return Listener(
        member_id=row.id,
        has_mailbox=bool(row.email) and row.email_verified_at is not None,
        suspended=row.suspended_until is not None and row.suspended_until > clock.now(),
        hours=hours_from(row),
        wish=Event(line, row.on_site, Mail(row.mail), row.in_digest) if chosen else default,
    )
