"""The desk of suspicions: what many people report at once, and what the team makes of it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.incidents import forms
from moderation.incidents.permissions import can_declare, can_see_desk
from moderation.outbreaks import queries, suspecting

blueprint = localized("outbreaks", __name__)


@blueprint.get(f"/desk/suspicions/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """One suspicion with its questions."""
    return _show(id)


def _show(suspicion_id: int, refusal: Refusal | None = None) -> Response:
    one = queries.show(actor(), suspicion_id)
    trouble = Trouble.of(refusal) if refusal else None
    typed = forms.typed(request.form)
    if request.method == "GET" and one.category_id:
        typed["category_id"] = str(one.category_id)
    body = render_template(
        "moderation/outbreaks/show.html", one=one, typed=typed, refusal=trouble,
        errors=trouble.fields if trouble else {}, categories=[(str(c.id), c.name) for c in categories()],
        may=bool(can_declare(actor())),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/suspicions/<{ANY_ID}:id>/confirm")
def confirm(id: int) -> Any:
    """It is an incident; announced at once, or known to the team alone."""
    require(can_see_desk(actor()))
    form = request.form
    public = "announce" in form
    try:
        about = (forms.category(form), forms.product(form))
        incident_id = suspecting.confirm(
            actor(), id, forms.title(form), forms.words(form), *about, public=public
        )
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    flash(str(_("Announced. It is shown where people ask about it.") if public else _("Confirmed. Nobody but the team sees it yet.")))  # fmt: skip
    return redirect(url_for("incidents.desk", id=incident_id), 303)


@blueprint.post(f"/desk/suspicions/<{ANY_ID}:id>/dismiss")
def dismiss(id: int) -> Any:
    """It is nothing."""
    require(can_see_desk(actor()))
    done = suspecting.dismiss(actor(), id)
    flash(str(_("Left alone for six hours, unless twice as many people report it.") if done else _("A colleague has just decided this.")))  # fmt: skip
    return redirect(url_for("incidents.index"), 303)


@blueprint.post("/desk/suspicions/watch")
def watch() -> Any:
    """Fewer people are enough for some hours; or no longer."""
    require(can_see_desk(actor()))
    try:
        if "end" in request.form:
            suspecting.end_watch(actor())
            flash(str(_("The usual thresholds are in force again.")))
        else:
            numbers = (as_id(request.form.get(name)) or 0 for name in ("least", "hours"))
            suspecting.begin_watch(actor(), *numbers)
            flash(str(_("The team hears sooner for some hours.")))
    except Invalid as refusal:
        flash(" ".join(str(one) for one in refusal.fields.values()))
    return redirect(url_for("incidents.index"), 303)
