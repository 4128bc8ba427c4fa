"""The page on which a customer says what they think."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import clock
from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.satisfaction import answering, asking, queries
from moderation.satisfaction.rules import COMMENT_MOST, SCORES, is_open

blueprint = localized("satisfaction", __name__)


def _page(id: int, refusal: Refusal | None = None) -> Response:
    row = answering.wanted(actor(), id)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/satisfaction/ask.html", row=row, about=queries.about(row), open=row.answered_at is None and is_open(row.asked_at, clock.now(), asking.window()),
        scores=SCORES, longest=COMMENT_MOST, refusal=trouble, errors=trouble.fields if trouble else {}, typed=request.form if refusal else {},
    )  # fmt: skip
    response = with_status(body, trouble)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get(f"/questions/<{ANY_ID}:id>/how-was-it")
@members_only
def ask(id: int) -> Response:
    """The two questions."""
    return _page(id)


@blueprint.post(f"/questions/<{ANY_ID}:id>/how-was-it")
@members_only
def say(id: int) -> Any:
    """The answer."""
    form = request.form
    score = int(form["score"]) if form.get("score", "") in {"1", "2", "3", "4", "5"} else None
    community = {"yes": True, "no": False}.get(form.get("community", ""))
    try:
        answering.say(actor(), id, score, form.get("comment", ""), community)
    except (Invalid, Conflict) as refusal:
        return _page(id, refusal)
    flash(str(_("Thank you: the team reads it.")))
    return redirect(url_for("questions.show", id=id), 303)
