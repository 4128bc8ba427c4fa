"""The desk page of retention: what is kept for how long, what went, what is held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.retention import holding, queries
from accounts.retention.forms import read_hold
from accounts.retention.permissions import can_hold, can_see_retention
from accounts.retention.words import KINDS
from accounts.settings.routes import members_only
from common import clock, rail
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import require
from common.web import actor, localized

bp = localized("retention", __name__)


@bp.get("/desk/retention")
@members_only
def index() -> Any:
    """Rules with their last runs, and the runs that told something."""
    require(can_see_retention(actor()))
    after = request.args.get("after", "")[:40]
    return render_template(
        "accounts/retention/index.html", tab="rules", rules=queries.rules(), sweeps=queries.sweep_views(),
        page=queries.runs(after), after=after, titles=queries.titles(),
    )  # fmt: skip


@bp.get("/desk/retention/holds")
@members_only
def holds() -> Any:
    """What is held, and what was."""
    return _holds_page()


@bp.post("/desk/retention/holds")
@members_only
def place() -> Any:
    """Hold something."""
    require(can_hold(actor()))
    try:
        draft = read_hold(request.form)
        holding.place_hold(actor(), draft.kind, draft.target_id, draft.reason, draft.until)
    except (Invalid, Conflict) as trouble:
        return _holds_page(trouble)
    flash(str(_("It is held from now on.")))
    return redirect(url_for("retention.holds"), 303)


@bp.post("/desk/retention/holds/<int(max=2147483647):hold_id>/end")
@members_only
def end(hold_id: int) -> Any:
    """End a hold."""
    require(can_hold(actor()))
    try:
        holding.end_hold(actor(), hold_id, request.form.get("end_reason", ""))
    except (Invalid, Conflict) as trouble:
        return _holds_page(trouble)
    flash(str(_("The hold is over.")))
    return redirect(url_for("retention.holds"), 303)


def _holds_page(trouble: Invalid | Conflict | None = None) -> Any:
    require(can_see_retention(actor()))
    after = request.args.get("after", "")[:40]
    page, people = queries.holds(after)
    body = render_template(
        "accounts/retention/holds.html", tab="holds", page=page, people=people, after=after, kinds=KINDS, trouble=trouble,
        fields=getattr(trouble, "fields", {}), form=request.form if trouble else {}, may=bool(can_hold(actor())),
        first_day=(clock.now() + timedelta(days=1)).date().isoformat(),
    )  # fmt: skip
    return body, trouble.status if trouble else 200


RAIL = rail.Line("retention.index", "clock", _("Retention"), can_see_retention)
