"""Notes in a member's file."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from common.errors import Invalid
from common.web import actor, localized
from moderation.notes import noting, queries
from moderation.notes.models import BODY_MAX
from moderation.notes.permissions import can_note
from moderation.sanctions import routes as sanctions

notes = localized("notes", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@notes.post(f"/desk/members/<{ANY_ID}:id>/notes")
def add(id: int) -> Response:
    """Note something. A refusal is shown in the file again, with what was typed."""
    try:
        noting.note(actor(), id, request.form.get("body", ""), request.form.get("nonce", ""))
    except Invalid as refusal:
        g.refused_note = refusal
        page = sanctions.member_page(id)
        page.status_code = refusal.status
        return page
    return _back(id)


@notes.post(f"/desk/members/<{ANY_ID}:id>/notes/<{ANY_ID}:note_id>/withdraw")
def withdraw(id: int, note_id: int) -> Response:
    """Take a note back."""
    noting.withdraw_note(actor(), note_id)
    return _back(id)


def _back(member_id: int) -> Response:
    return redirect(url_for("desk.member", id=member_id, _anchor="notes"), 303)


def in_file(member: object) -> str:
    """The notes, in the member's file."""
    who, member_id = actor(), int(getattr(member, "id", 0))
    if not can_note(who) or who.member_id == member_id:
        return ""
    return render_template(
        "moderation/notes/_notes.html",
        notes=queries.notes_on(who, member_id),
        member_id=member_id,
        longest=BODY_MAX,
        refused=g.get("refused_note"),
    )
