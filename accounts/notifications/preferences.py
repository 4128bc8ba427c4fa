"""How each member wishes to be told: event by event, on the site, by mail, in the digest and by every other channel,
and at which hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from accounts.members.permissions import own_id
from accounts.notifications import channels
from accounts.notifications.kinds import EVENT_LABELS
from accounts.notifications.listening import Hours, hours_of, zone_here
from accounts.notifications.models import AlertChoice, Preference
from accounts.notifications.rules import (
    EVENTS,
    GATHERED,
    NIGHT_BEGINS,
    NIGHT_ENDS,
    TIME_ZONES,
    Event,
    Mail,
    Rhythm,
)
from common.db import db, insert_once, update_where
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

Wish = tuple[bool, Mail, bool]
"""On the site, by mail, in the digest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preferences page. ``ways``: the keys of the channels that bring it."""

    key: str
    label: Sentence
    hint: Sentence
    site: bool
    mail: Mail
    digest: bool
    always: bool
    ways: frozenset[str] = frozenset()


def lines_of(member_id: int) -> list[Line]:
    """The whole page of preferences in two queries."""
    columns = (Preference.event, Preference.on_site, Preference.mail, Preference.digest)
    rows = db.session.execute(select(*columns).where(Preference.member_id == member_id))
    chosen = {row.event: Event(row.event, row.on_site, Mail(row.mail), row.digest) for row in rows}
    brought = channels.wishes_of(member_id)
    lines = []
    for event in EVENTS:
        wish = event if event.always else chosen.get(event.key, event)
        label, hint = EVENT_LABELS[event.key]
        ways = frozenset(way for way, events in brought.items() if event.key in events)
        lines.append(Line(event.key, label, hint, wish.site, wish.mail, wish.digest, event.always, ways))
    return lines


def choose(
    actor: Actor,
    wishes: dict[str, Wish],
    hours: Hours | None = None,
    ways: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Keep what the member chose, all or nothing; events that are not named stay, and so do channels (``ways``: each with
    all it shall bring). Those always told cannot be chosen."""
    known = {event.key for event in EVENTS if not event.always}
    if set(wishes) - known:
        raise Invalid(_("This choice does not exist."))
    member_id = own_id(actor)
    with unit_of_work():
        for event, (site, mail, digest) in wishes.items():
            _set(member_id, event, site, Mail(mail), digest)
        if hours is not None:
            _set_hours(member_id, _checked(hours))
        for way, events in (ways or {}).items():
            channels.choose(actor, way, events)


def _checked(hours: Hours) -> Hours:
    faults: dict[str, Sentence | str] = {}
    if hours.zone not in zones():
        faults["time_zone"] = _("Choose one of the time zones of the list.")
    if hours.night[0] not in NIGHT_BEGINS:
        faults["quiet_from"] = _("The night begins between 5 p.m. and 9 p.m.")
    if hours.night[1] not in NIGHT_ENDS:
        faults["quiet_to"] = _("The night ends between 8 a.m. and noon.")
    if faults:
        raise Invalid(fields=faults)
    return hours


def zones() -> tuple[str, ...]:
    """The time zones a member may choose, the community's first."""
    here = zone_here()
    return (here, *(zone for zone in TIME_ZONES if zone != here))


def stop_mails(member_id: int, event: str | None) -> None:
    """One-click unsubscribe: no more mails about an event, or about any (None). The site is untouched."""
    wanted = [line for line in lines_of(member_id) if not line.always and event in (None, line.key)]
    with unit_of_work():
        for line in wanted:
            _set(member_id, line.key, line.site, Mail.OFF, digest=False)
        if event is None:
            _stop_digest(member_id)


def stop_gathered(member_id: int) -> None:
    """No more letters that gather news: no digest, nothing once a day or a week. What is mailed on its own still is, but
    what the daily limit holds back is found on the site only."""
    with unit_of_work():
        for line in lines_of(member_id):
            if not line.always and (line.digest or line.mail in GATHERED):
                _set(
                    member_id,
                    line.key,
                    line.site,
                    Mail.OFF if line.mail in GATHERED else line.mail,
                    digest=False,
                )
        _stop_digest(member_id)


def _stop_digest(member_id: int) -> None:
    hours = hours_of(member_id)
    _set_hours(member_id, Hours(hours.zone, hours.night, Rhythm.NEVER))


def _set_hours(member_id: int, hours: Hours) -> None:
    zone = "" if hours.zone == zone_here() else hours.zone
    chosen = {
        "time_zone": zone,
        "quiet_from": hours.night[0],
        "quiet_to": hours.night[1],
        "digest": hours.rhythm,
    }
    if insert_once(AlertChoice, member_id=member_id, **chosen) is None:
        update_where(AlertChoice, AlertChoice.member_id == member_id, **chosen)


def _set(member_id: int, event: str, site: bool, mail: Mail, digest: bool) -> None:
    values = {"on_site": site, "mail": mail, "digest": digest}
    if insert_once(Preference, member_id=member_id, event=event, **values) is None:
        update_where(Preference, Preference.member_id == member_id, Preference.event == event, **values)
