"""Pages of forecasts: begun from the form of a rule, looked at while they run, applied or left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from moderation.calendars import keeping as calendar_keeping
from moderation.calendars.desk import forms as calendars
from moderation.calendars.desk.routes import calendar_page
from moderation.desk.routes import settings_page
from moderation.forecast import drafts, queries, running
from moderation.forecast.permissions import can_forecast
from moderation.forecast.rules import PERIODS
from moderation.routing.routes import rule_page
from moderation.targets import keeping
from moderation.targets.desk import forms as targets
from moderation.targets.desk.routes import categories_page, policy_page
from rewards.economics.rules import BASE, HEIGHT, WIDTH

blueprint = localized("forecasts", __name__)

PAGES: dict[str, Callable[[int | None, Any], Any]] = {
    "policy": lambda id, refusal: policy_page(targets.typed(request.form), keeping.load(id) if id else None, refusal),
    "category": lambda id, refusal: categories_page(refusal, id),
    "calendar": lambda id, refusal: calendar_page(calendars.typed(request.form), calendar_keeping.load(id or 0), refusal),
    "rule": lambda id, refusal: rule_page(id, refusal),
    "setting": lambda id, refusal: settings_page(refusal),
}  # fmt: skip
"""The page of each kind of change, where what was typed comes back when it cannot be tried."""


@blueprint.get("/desk/forecasts")
def index() -> str:
    """What was tried."""
    after = request.args.get("after", "")[:40]
    return render_template("moderation/forecast/index.html", page=queries.lines(actor(), after), after=after)


@blueprint.post("/desk/forecasts/try/<kind>")
@blueprint.post("/desk/forecasts/try/<kind>/<int:id>")
def begin(kind: str, id: int | None = None) -> Any:
    """Try what is typed in the form of a rule."""
    require(can_forecast(actor()))
    if kind not in PAGES:
        raise NotFound()
    days = request.form.get("days", "")
    try:
        chosen = int(days) if days in {str(one) for one in PERIODS} else None
        made = running.begin(actor(), kind, id, request.form, chosen)
    except (Invalid, Conflict) as refusal:
        return PAGES[kind](id, refusal)
    return redirect(url_for("forecasts.show", id=made), 303)


@blueprint.get("/desk/forecasts/<int:id>")
def show(id: int) -> Any:
    """One of them: how far it is, or what it says."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Any:
    shown = queries.show(actor(), id)
    body = render_template(
        "moderation/forecast/show.html", shown=shown, refusal=refusal, errors=getattr(refusal, "fields", {}), box=(WIDTH, HEIGHT, BASE),
        reason=request.form.get("reason", shown.reason), applicable=shown.line.row.kind in drafts.KINDS,
    )  # fmt: skip
    return (body, refusal.status) if refusal else body


@blueprint.post("/desk/forecasts/<int:id>/apply")
def apply(id: int) -> Any:
    """Make the change that was tried."""
    try:
        running.apply(actor(), id, request.form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    flash(str(_("The change is in force for new questions.")))
    return redirect(url_for("forecasts.show", id=id), 303)


def desk_nav(*_args: Any) -> str:
    """The link in the desk's rail."""
    if not can_forecast(actor()):
        return ""
    return render_template("moderation/forecast/_nav.html", here=request.blueprint == "forecasts")
