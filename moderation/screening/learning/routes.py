"""The desk's page of the filters: the models, and a text to try them on."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from common import rail, text
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import LANGUAGES, _, language
from common.permissions import require
from common.web import actor, localized
from moderation.review import wording as review_wording
from moderation.review.permissions import can_rule
from moderation.screening import screener
from moderation.screening.learning import queries, staging, wording
from moderation.screening.learning.rules import Kind

filters = localized("filters", __name__)
LONGEST = 10_000


def _page(trouble: Refusal | None = None, **more: Any) -> Response:
    body = render_template(
        "moderation/screening/filters.html", models=queries.models(), words=wording, trouble=trouble,
        typed=request.form, review_wording=review_wording, longest=LONGEST, **more,
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@filters.get("/desk/filters")
def show() -> Response:
    """Where the models stand and how well they do."""
    require(can_rule(actor()))
    return _page()


@filters.post("/desk/filters/<spoken>/<kind>")
def switch(spoken: str, kind: str) -> Any:
    """Switch a model off, or let it start again in shadow."""
    require(can_rule(actor()))
    if spoken not in LANGUAGES or kind not in set(Kind):
        raise NotFound()
    why = text.normalise(request.form.get(f"why-{spoken}-{kind}", ""))
    try:
        staging.switch(actor(), spoken, Kind(kind), request.form.get("on") == "1", why)
    except (Invalid, Conflict) as refusal:
        return _page(refusal)
    flash(str(_("This is in force now.")))
    return redirect(url_for("filters.show", _anchor=f"{spoken}-{kind}"), 303)


@filters.post("/desk/filters/try")
def try_out() -> Response:
    """What the filters would do with a text of a newcomer. Nothing is kept."""
    require(can_rule(actor()))
    typed = text.normalise(request.form.get("text", "")).strip()
    if not 2 <= len(typed) <= LONGEST:
        said = _("Between 2 and %(high)s characters, please.", high=LONGEST)
        return _page(Invalid(fields={"text": said}))
    spoken = request.form.get("spoken", "")
    spoken = spoken if spoken in LANGUAGES else language()
    return _page(tried=screener.tried(typed, spoken), weighed=queries.weighed(spoken, None, typed))


def explained(detail: Any) -> str:
    """Under a text that waits: which of its words weighed with the models."""
    if detail.shown is None or detail.item.kind == "appeal":
        return ""
    found = queries.weighed(detail.item.language, detail.shown.title, detail.shown.body, detail.item.post_id)
    return (
        render_template("moderation/screening/_weighed.html", weighed=found, words=wording) if found else ""
    )


RAIL = rail.Line("filters.show", "eye", _("Filters"), can_rule)
