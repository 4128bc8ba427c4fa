"""The desk of unusual votes: what waits, one case with its evidence, two decisions."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from rewards.abuse import deciding, queries
from rewards.abuse.permissions import can_look

blueprint = localized("abuse", __name__)


@blueprint.get("/desk/votes")
def index() -> str:
    """The cases that wait, or those that were decided."""
    require(can_look(actor()))
    done, after = request.args.get("tab") == "decided", request.args.get("after", "")[:40]
    page = queries.page(actor(), not done, after)
    return render_template("rewards/abuse/index.html", page=page, done=done, after=after)


@blueprint.get(f"/desk/votes/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """One case."""
    return _show(id)


def _show(case_id: int, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/abuse/show.html", shown=queries.view(actor(), case_id), refusal=trouble,
        errors=trouble.fields if trouble else {}, typed=request.form.get("reason", "")[:1000],
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/votes/<{ANY_ID}:id>/confirm")
def confirm(id: int) -> Any:
    """It is abuse."""
    return _decide(id, is_abuse=True)


@blueprint.post(f"/desk/votes/<{ANY_ID}:id>/clear")
def clear(id: int) -> Any:
    """It is none."""
    return _decide(id, is_abuse=False)


def _decide(case_id: int, is_abuse: bool) -> Any:
    verb = deciding.confirm if is_abuse else deciding.clear
    try:
        verb(actor(), case_id, request.form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return _show(case_id, refusal)
    flash(
        str(_("Annulled. Whoever earned from it reads one neutral line.") if is_abuse else _("Given back."))
    )
    return redirect(url_for("abuse.index"), 303)
