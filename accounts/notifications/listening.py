"""Whom news may reach and how: addresses, hours and wishes of many members, read in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from accounts.members.models import Member
from accounts.notifications.models import AlertChoice, Preference
from accounts.notifications.rules import (
    GATHERED,
    NIGHT,
    Event,
    Mail,
    Night,
    Rhythm,
    digest_due,
    is_zone,
    known_zone,
    mail_due,
)
from common import clock, settings
from common.db import db
from common.i18n import Sentence, _

HERE = "Europe/Paris"


def unknown_zone(zone: str) -> Sentence:
    """What is said of a zone this machine does not know (any more)."""
    return _("This machine knows no time zone “%(zone)s”. Write it as Europe/Paris.", zone=zone)


settings.define(
    "notifications.time_zone",
    HERE,
    help=_("Time zone in which nights and days of members are counted who chose none."),
    refuse=lambda zone: None if is_zone(zone) else unknown_zone(zone),
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


def zone_here() -> str:
    """The community's time zone; that of Paris where this machine knows it no more, so that no news stays undelivered."""
    return known_zone(settings.get("notifications.time_zone"), HERE)


def vanished_zones() -> dict[str, int]:
    """Time zones in use here that this machine does not know any more, and how many members chose each."""
    chosen = select(AlertChoice.time_zone, func.count()).where(AlertChoice.time_zone != "")
    rows = db.session.execute(chosen.group_by(AlertChoice.time_zone).order_by(AlertChoice.time_zone))
    found = {zone: count for zone, count in rows if not is_zone(zone)}
    here = settings.get("notifications.time_zone")
    return found if is_zone(here) else {here: 0} | found


def vanished_zone_of(member_id: int) -> str | None:
    """The time zone a member chose, where this machine does not know it any more."""
    zone = db.session.scalar(select(AlertChoice.time_zone).where(AlertChoice.member_id == member_id))
    return zone if zone and not is_zone(zone) else None


def hours_from(row: Any) -> Hours:
    """The hours in a row that holds :data:`HOURS`, the community's where the member chose none, or a zone that is gone."""
    zone = row.time_zone if row.time_zone and is_zone(row.time_zone) else zone_here()
    if row.quiet_from is None:
        return Hours(zone, NIGHT, Rhythm(settings.get("notifications.digest")))
    return Hours(zone, (row.quiet_from, row.quiet_to), Rhythm(row.digest))


def hours_of(member_id: int) -> Hours:
    """One member's hours."""
    query = select(Member.id, *HOURS).outerjoin(AlertChoice, AlertChoice.member_id == Member.id)
    row = db.session.execute(query.where(Member.id == member_id)).first()
    return hours_from(row) if row is not None else Hours(zone_here(), NIGHT, Rhythm.NEVER)


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
