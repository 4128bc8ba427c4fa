"""The page on which a member calls the team to a question."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from common.errors import Conflict, Refusal
from common.i18n import _
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from moderation.calling import calling
from moderation.calling.permissions import can_call

blueprint = localized("calling", __name__)


@blueprint.get(f"/questions/<{ANY_ID}:id>/call-the-team")
def ask(id: int) -> Any:
    """What happens when one does, and the button; or why not now."""
    return _page(id)


def _page(id: int, refusal: Refusal | None = None) -> Any:
    question, waiting = calling.look(actor(), id)
    verdict = can_call(actor(), waiting)
    body = render_template(
        "moderation/calling/call.html", question=question, verdict=verdict, refusal=refusal, reader=actor()
    )
    return (body, refusal.status) if refusal else body


@blueprint.post(f"/questions/<{ANY_ID}:id>/call-the-team")
def call(id: int) -> Any:
    """Call it."""
    try:
        calling.call(actor(), id)
    except Conflict as refusal:
        return _page(id, refusal)
    flash(str(_("The team has your question now. The page says by when it answers.")))
    return redirect(url_for("questions.show", id=id, slug="-"), 303)
