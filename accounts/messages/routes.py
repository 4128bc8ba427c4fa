"""Pages of private messages: the conversations, and one of them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.members.permissions import own_id
from accounts.members.queries import cards
from accounts.messages import queries, reporting, writing
from accounts.messages.permissions import can_write_to
from accounts.messages.rules import BODY_MAX, NOTE_MAX
from accounts.messages.wording import REASONS
from accounts.settings.routes import members_only
from common.errors import Forbidden, Invalid, NotFound, TooMany
from common.i18n import _
from common.lists import LARGEST
from common.web import actor, localized

bp = localized("messages", __name__)
ANY_ID = "int(min=1, max=2147483647)"
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


@bp.get("/messages/")
@members_only
def index() -> Any:
    """My conversations."""
    me = own_id(actor())
    page = queries.conversations(me, request.args.get("after", "")[:40])
    body = render_template("accounts/messages/index.html", page=page, is_open=queries.is_open(me))
    return body, 200, PRIVATE


@bp.post("/messages/")
@members_only
def choose() -> Any:
    """The off switch."""
    writing.choose(actor(), request.form.get("open") == "1")
    return redirect(url_for("messages.index"), 303)


@bp.get(f"/messages/<{ANY_ID}:id>")
@members_only
def show(id: int) -> Any:
    """What I and another member wrote to each other. Reading is told by the button below, never by this address."""
    return conversation_page(id)


def conversation_page(
    id: int, trouble: Any = None, body: str = "", reported: dict[str, Any] | None = None
) -> Any:
    """The conversation as a page; what was typed and refused is in its box again."""
    who = actor()
    me = own_id(who)
    between = queries.between(me, id)
    if between is None or between.same:
        raise NotFound()
    page = queries.messages_with(me, id, request.args.get("before", "")[:40])
    html = render_template(
        "accounts/messages/show.html", other=cards([id])[id], other_id=id, page=page, typed=body, trouble=trouble,
        verdict=can_write_to(who, between), blocked=queries.has_blocked(me, id), staff=between.receiver_staff,
        reasons=REASONS, longest=BODY_MAX, longest_note=NOTE_MAX, before=request.args.get("before"),
        unread=queries.is_unread(me, id), reported=reported or {}, by_team=who.is_staff,
    )  # fmt: skip
    return html, trouble.status if trouble else 200, PRIVATE


@bp.post(f"/messages/<{ANY_ID}:id>")
@members_only
def write(id: int) -> Any:
    """Send a message."""
    body = request.form.get("body", "")
    try:
        message_id = writing.write_to(actor(), id, body, request.form.get("nonce", ""))
    except (Invalid, Forbidden, TooMany) as refusal:
        return conversation_page(id, refusal, body)
    return redirect(url_for("messages.show", id=id, _anchor=f"m-{message_id}"), 303)


@bp.post(f"/messages/<{ANY_ID}:id>/read")
@members_only
def read(id: int) -> Response:
    """I have read up to here."""
    writing.mark_read(actor(), id, max(0, min(request.form.get("up_to", 0, type=int), LARGEST)))
    return redirect(url_for("messages.index"), 303)


@bp.post(f"/messages/<{ANY_ID}:id>/clear")
@members_only
def clear(id: int) -> Response:
    """Put a conversation out of my sight."""
    writing.clear(actor(), id)
    flash(str(_("The conversation is gone from your list.")))
    return redirect(url_for("messages.index"), 303)


@bp.post(f"/messages/<{ANY_ID}:id>/block")
@members_only
def block(id: int) -> Response:
    """Hear no more from a member, or hear again."""
    if request.form.get("blocked") == "1":
        writing.block(actor(), id)
    else:
        writing.unblock(actor(), id)
    return redirect(url_for("messages.show", id=id), 303)


@bp.post(f"/messages/<{ANY_ID}:id>/report/<{ANY_ID}:message_id>")
@members_only
def report(id: int, message_id: int) -> Any:
    """Show a message to the moderators."""
    reason, note = request.form.get("reason", ""), request.form.get("note", "")
    try:
        reporting.report(actor(), message_id, reason, note)
    except (Invalid, TooMany) as refusal:
        return conversation_page(id, refusal, reported={"id": message_id, "reason": reason, "note": note})
    flash(str(_("Thank you: the moderators read it and tell you what they decide.")))
    return redirect(url_for("messages.show", id=id, _anchor=f"m-{message_id}"), 303)


# --- what other pages show ---------------------------------------------------------------------------------------


def profile_action(card: Any) -> str:
    """The way to write to a member, on their profile."""
    return render_template("accounts/messages/_action.html", card=card) if card.id is not None else ""
