"""Inviting somebody, declining, and the invitations one has."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Gone, NotFound, Refusal
from common.i18n import _
from common.permissions import ALLOWED, refuse, require
from common.web import actor
from forum.invitations import queries as invitations
from forum.invitations.inviting import decline, invite, want_invitations
from forum.invitations.permissions import can_invite
from forum.questions import queries
from forum.questions.models import Question
from forum.questions.routes import ANY_ID, questions
from forum.thread.panels import Trouble, with_status


@questions.get(f"/questions/<{ANY_ID}:id>/invite")
def invite_page(id: int) -> Any:
    """Whom to invite."""
    return _page(id)


def _page(id: int, trouble: Trouble | None = None, typed: str = "") -> Response:
    question = queries.find_post(actor(), id)
    if not isinstance(question, Question):
        raise NotFound()
    require(can_invite(actor(), question))
    body = render_template(
        "forum/questions/invite.html", here="questions", question=question, refusal=trouble, typed=typed,
        errors=trouble.fields if trouble else {}, offered=invitations.offered(actor(), question),
        invited=invitations.invited_by(actor(), id), back=url_for("short.answer", id=id),
    )  # fmt: skip
    return with_status(body, trouble)


@questions.post(f"/questions/<{ANY_ID}:id>/invite", endpoint="invite")
def send(id: int) -> Any:
    """Invite a member."""
    name = request.form.get("name", "")[:80]
    try:
        new = invite(actor(), id, name)
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _page(id, Trouble.of(refusal), name)
    flash(str(_("The invitation is sent.") if new else _("This member has been invited already.")))
    return redirect(url_for("questions.invite_page", id=id), 303)


@questions.post(f"/questions/<{ANY_ID}:id>/decline", endpoint="decline_invitation")
def no_thanks(id: int) -> Any:
    """Decline an invitation."""
    decline(actor(), id)
    return redirect(url_for("questions.show", id=id), 303)


@questions.get("/invitations", endpoint="invitations")
def index() -> Any:
    """What one was invited to, and whether one may be."""
    who, after = actor(), request.args.get("after", "")[:40]
    require(ALLOWED if who.signed_in else refuse(_("Sign in to see your invitations.")))
    return render_template(
        "forum/questions/invitations.html", here="me", page=invitations.invitations_of(who, after), after=after,
        wanted=invitations.wants_invitations(who),
    )  # fmt: skip


@questions.post("/invitations", endpoint="want_invitations")
def want() -> Any:
    """Be open to invitations (on=1), or to none."""
    want_invitations(actor(), request.form.get("on") == "1")
    return redirect(url_for("questions.invitations"), 303)
