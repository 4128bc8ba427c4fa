"""Drafts: what a member is typing is kept, per place, until it is sent."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from common import clock, i18n, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, refuse, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from forum.questions.models import Draft
from forum.questions.rules import BODY

PLACE = re.compile(r"ask|(?:answer|comment|edit|suggest|review):[1-9][0-9]{0,9}")
"""Where something is typed: `ask`, `answer:<question>`, `comment:<post>`, `edit:<post>`,
`review:<product>`."""
TITLE_KEPT = 400
BODY_KEPT = BODY.high + 10_000
_FIELDS_KEPT, _FIELD_KEPT = 50, 1000


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was typed, and when it was kept."""

    title: str
    body: str
    fields: dict[str, Any]
    updated_at: datetime


def save_draft(
    actor: Actor, place: str, *, title: str = "", body: str = "", fields: dict[str, Any] | None = None,
    since: datetime | None = None,
) -> datetime | None:  # fmt: skip
    """Keep what is being typed; the newest wins. Returns when, or None where there was nothing to keep.

    ``since``: what the writer knows of the draft is as old as this. Raises :class:`Conflict` where it was written
    elsewhere since then with other words: the writer chooses.
    """
    _require_member(actor)
    _require_place(place)
    title, body = kept_text(title)[:TITLE_KEPT], kept_text(body)
    if len(body) > BODY_KEPT:
        raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=BODY.high)})
    kept = clean_fields(fields or {})
    with unit_of_work():
        if since is not None:
            _refuse_older(actor, place, title, body, since)
        if not title.strip() and not body.strip():
            discard(actor, place)
            return None
        values: dict[str, Any] = {"title": title, "body": body, "fields": kept, "updated_at": clock.now()}
        if insert_once(Draft, member_id=actor.person_id, place=place, **values) is None:
            update_where(Draft, Draft.member_id == actor.person_id, Draft.place == place, **values)
        return values["updated_at"]


def kept_text(typed: str) -> str:
    """A text as a draft keeps it."""
    return without_cards(text.normalise(typed))


def clean_fields(fields: dict[str, Any]) -> dict[str, str]:
    """What else is kept of a form: so many fields, of so many characters."""
    return {
        str(name)[:40]: kept_text(str(value))[:_FIELD_KEPT]
        for name, value in list(fields.items())[:_FIELDS_KEPT]
    }


def _refuse_older(actor: Actor, place: str, title: str, body: str, since: datetime) -> None:
    there = load_draft(actor, place)
    if there is not None and there.updated_at > since and (there.title, there.body) != (title, body):
        time = i18n.local(there.updated_at).strftime("%H:%M")
        raise Conflict(_("You also wrote here on another device, at %(time)s.", time=time))


def load_draft(actor: Actor, place: str) -> KeptDraft | None:
    """What the actor was typing in a place, if anything."""
    if actor.member_id is None or not PLACE.fullmatch(place):
        return None
    draft = db.session.scalar(select(Draft).where(Draft.member_id == actor.person_id, Draft.place == place))
    return KeptDraft(draft.title, draft.body, dict(draft.fields), draft.updated_at) if draft else None


def discard_draft(actor: Actor, place: str) -> None:
    """Throw a draft away; doing it twice changes nothing."""
    _require_member(actor)
    _require_place(place)
    with unit_of_work():
        discard(actor, place)


def discard(actor: Actor, place: str) -> None:
    """The same for verbs that have sent the text, inside their unit of work."""
    if actor.member_id is not None:
        db.session.execute(delete(Draft).where(Draft.member_id == actor.person_id, Draft.place == place))


def _require_member(actor: Actor) -> None:
    if not actor.signed_in:
        require(refuse(_("Sign in first: your text is kept meanwhile.")))


def _require_place(place: str) -> None:
    if not PLACE.fullmatch(place):
        raise Invalid(_("There is no draft of this kind."))
