"""How each member wishes to be told: event by event, on the site and by mail."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from accounts.members.permissions import own_id
from accounts.notifications.kinds import EVENT_LABELS
from accounts.notifications.models import Preference
from accounts.notifications.rules import EVENTS, Event, Mail
from common.db import db, insert_once, update_where
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preferences page."""

    key: str
    label: Sentence
    hint: Sentence
    site: bool
    mail: Mail
    always: bool


def wish_of(member_id: int, event: str, default: Event) -> Event:
    """What the member chose for an event, or the default. What is always told stays."""
    if default.always:
        return default
    chosen = db.session.execute(
        select(Preference.on_site, Preference.mail).where(
            Preference.member_id == member_id, Preference.event == event
        )
    ).first()
    return Event(event, chosen.on_site, Mail(chosen.mail)) if chosen else default


def lines_of(member_id: int) -> list[Line]:
    """The whole page of preferences in one query."""
    rows = db.session.execute(
        select(Preference.event, Preference.on_site, Preference.mail).where(Preference.member_id == member_id)
    )
    chosen = {row.event: row for row in rows}
    lines = []
    for event in EVENTS:
        wish = event if event.always or event.key not in chosen else chosen[event.key]
        site = wish.site if isinstance(wish, Event) else wish.on_site
        label, hint = EVENT_LABELS[event.key]
        lines.append(Line(event.key, label, hint, site, Mail(wish.mail), event.always))
    return lines


def choose(actor: Actor, wishes: dict[str, tuple[bool, Mail]]) -> None:
    """Keep what the member chose; events that are not named stay. Those always told cannot be chosen."""
    known = {event.key for event in EVENTS if not event.always}
    if set(wishes) - known:
        raise Invalid(_("This choice does not exist."))
    member_id = own_id(actor)
    with unit_of_work():
        for event, (site, mail) in wishes.items():
            _set(member_id, event, site, Mail(mail))


def stop_mails(member_id: int, event: str | None) -> None:
    """One-click unsubscribe: no more mails about an event, or about any (None). The site is untouched."""
    wanted = [line for line in lines_of(member_id) if not line.always and event in (None, line.key)]
    with unit_of_work():
        for line in wanted:
            _set(member_id, line.key, line.site, Mail.OFF)


def _set(member_id: int, event: str, site: bool, mail: Mail) -> None:
    if insert_once(Preference, member_id=member_id, event=event, on_site=site, mail=mail) is None:
        update_where(
            Preference, Preference.member_id == member_id, Preference.event == event, on_site=site, mail=mail
        )
