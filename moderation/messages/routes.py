"""The moderators' page of reported private messages."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.messages import queries, reporting
from accounts.messages.permissions import can_judge_reports
from accounts.messages.wording import REASONS
from accounts.settings.routes import members_only
from common.permissions import require
from common.web import actor, localized

reported = localized("reported", __name__)
ANY_ID = "int(min=1, max=2147483647)"
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


@reported.get("/desk/messages")
@members_only
def index() -> Any:
    """Messages that were reported, each with the few before it."""
    require(can_judge_reports(actor()))
    found = queries.open_reports()
    body = render_template(
        "moderation/messages/reports.html", reports=found, count=queries.open_reports_count(), reasons=REASONS
    )
    return body, 200, PRIVATE


@reported.post(f"/desk/messages/<{ANY_ID}:id>")
@members_only
def decide(id: int) -> Response:
    """Remove it, or keep it."""
    reporting.decide(actor(), id, request.form.get("outcome", ""))
    return redirect(url_for("reported.index"), 303)


def desk_nav(*_args: Any) -> str:
    """The line in the desk's rail."""
    if not can_judge_reports(actor()):
        return ""
    here = request.blueprint == reported.name
    return render_template("moderation/messages/_nav.html", here=here, count=queries.open_reports_count())
