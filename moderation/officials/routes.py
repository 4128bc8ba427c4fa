"""The page of official answers that are read again, and its line in the rail."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from common import rail, text
from common.i18n import _
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from moderation.escalation.permissions import can_see_cases, can_work
from moderation.officials import checking

blueprint = localized("officials", __name__)


@blueprint.get("/desk/official-answers")
def index() -> str:
    """Official answers, the one whose day comes first first."""
    after = request.args.get("after")
    page = checking.due(actor(), after)
    return render_template(
        "moderation/officials/index.html",
        page=page,
        after=after,
        may=bool(can_work(actor())),
        excerpt=text.excerpt,
    )


@blueprint.post(f"/desk/official-answers/<{ANY_ID}:id>")
def confirm(id: int) -> Any:
    """It is still right, for as long again or for good."""
    checking.confirm(actor(), id, request.form.get("act") == "good")
    flash(str(_("Noted: it is still right.")))
    return redirect(url_for("officials.index"), 303)


RAIL = rail.Line(
    "officials.index", "shield", _("Official answers"), can_see_cases, count=lambda _who: checking.due_count()
)
