"""Pages of forecasts: where the form of a rule leads when it is saved; looked at while they run, applied or left."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import rail
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import Sentence, _
from common.web import actor, localized
from moderation.forecast import drafts, numbers, queries, running
from moderation.forecast.permissions import can_forecast
from moderation.forecast.running import Put
from rewards.economics.rules import BASE, HEIGHT, WIDTH

blueprint = localized("forecasts", __name__)


def led(put: Put, said: Sentence, there: str) -> Any:
    """Where one goes after saving a rule: to what it would have done, else there, with a sentence."""
    if put.forecast_id is not None:
        return redirect(url_for("forecasts.show", id=put.forecast_id), 303)
    flash(str(said))
    if put.untried:
        few = _(
            "It was not tried first: there are fewer than %(count)s questions to try it on.",
            count=numbers.least(),
        )
        flash(str(few))
    return redirect(there, 303)


@blueprint.get("/desk/forecasts")
def index() -> str:
    """What was tried."""
    after = request.args.get("after", "")[:40]
    return render_template("moderation/forecast/index.html", page=queries.lines(actor(), after), after=after)


@blueprint.get("/desk/forecasts/<int:id>")
def show(id: int) -> Any:
    """One of them: how far it is, or what it says."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Any:
    shown = queries.show(actor(), id)
    body = render_template(
        "moderation/forecast/show.html", shown=shown, refusal=refusal, errors=getattr(refusal, "fields", {}), box=(WIDTH, HEIGHT, BASE),
        reason=request.form.get("reason", shown.reason), early=request.form.get("early", ""),
        applicable=shown.line.row.kind in drafts.KINDS, least=numbers.least(),
    )  # fmt: skip
    return (body, refusal.status) if refusal else body


@blueprint.post("/desk/forecasts/<int:id>/apply")
def apply(id: int) -> Any:
    """Make the change that was tried."""
    try:
        running.apply(actor(), id, request.form.get("reason", ""), request.form.get("early", ""))
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    flash(str(_("The change is in force for new questions.")))
    return redirect(url_for("forecasts.show", id=id), 303)


@blueprint.post("/desk/forecasts/<int:id>/again")
def begin(id: int) -> Any:
    """Begin the same change again, on the rules of now."""
    try:
        made = running.again(actor(), id)
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    return redirect(url_for("forecasts.show", id=made), 303)


@blueprint.get("/desk/forecasts/<int:id>/figures.<kind>")
def figures(id: int, kind: str) -> Response:
    """What it found, as a file."""
    rows = queries.rows(actor(), id)
    if kind not in ("csv", "json"):
        raise NotFound()
    if kind == "json":
        body, type = (
            json.dumps([one._asdict() for one in rows], ensure_ascii=False, indent=1),
            "application/json",
        )
    else:
        text = io.StringIO()
        written = csv.writer(text)
        written.writerow(queries.Row._fields)
        written.writerows(one._replace(name=_plain(one.name)) for one in rows)
        body, type = text.getvalue(), "text/csv"
    name = f"attachment; filename=forecast-{id}.{kind}"
    return Response(
        body, mimetype=type, headers={"Content-Disposition": name, "Cache-Control": "private, no-store"}
    )


def _plain(name: str) -> str:
    """No cell is a formula."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t") else name


RAIL = rail.Line("forecasts.index", "eye", _("Forecasts"), can_forecast)
