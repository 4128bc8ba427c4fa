"""Writing a note on a member, and taking one back."""

from __future__ import annotations

import secrets

from accounts.members.models import Member
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Forbidden, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from moderation.notes.models import BODY_MAX, MemberNote
from moderation.notes.permissions import can_note


def note(actor: Actor, member_id: int, body: str, nonce: str = "") -> bool:
    """Note something about a member. False when the same form was sent before: nothing more happens."""
    require(can_note(actor))
    if actor.member_id == member_id:
        raise Forbidden(_("Nobody keeps notes on themselves."))
    words = without_cards(text.normalise(body)).strip()
    if not words:
        raise Invalid(fields={"body": _("Write a few words first.")})
    if len(words) > BODY_MAX:
        raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=BODY_MAX)})
    with unit_of_work():
        if db.session.get(Member, member_id) is None:
            raise NotFound()
        made = insert_once(
            MemberNote, member_id=member_id, author_id=actor.member_id, body=words, created_at=clock.now(),
            nonce=nonce.strip()[:40] or secrets.token_hex(12),
        )  # fmt: skip
        if made is not None:
            audit.write(actor, "member_note.written", "member_note", str(made))
        return made is not None


def withdraw_note(actor: Actor, note_id: int) -> None:
    """Take a note back: one's own, or any for who manages. Harmless to repeat; the log keeps that it was done."""
    require(can_note(actor))
    with unit_of_work():
        found = db.session.get(MemberNote, note_id)
        if found is None or found.member_id == actor.member_id:
            raise NotFound()
        if found.author_id != actor.member_id and not actor.is_manager:
            raise Forbidden(_("A note is taken back by its author or a manager."))
        if update_where(
            MemberNote, MemberNote.id == note_id, MemberNote.withdrawn_at.is_(None), withdrawn_at=clock.now()
        ):
            audit.write(actor, "member_note.withdrawn", "member_note", str(note_id))
