"""What is counted from the search page, and the team's report."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import clock, limits
from common.i18n import LANGUAGES, NAMES, _, language, local
from common.permissions import require
from common.web import actor, client_key, csrf, localized, safe_target
from forum.search.briefs.queries import briefs
from forum.search.log import noting, queries
from forum.search.log.forms import Wish, as_csv, read_wish
from forum.search.log.permissions import can_read_searches
from forum.search.log.rules import PERIODS, Report

searches = localized("searches", __name__)

REPORTS = (
    (Report.TOP, _("Most searched")),
    (Report.EMPTY, _("Without a result")),
    (Report.UNOPENED, _("Found, nothing opened")),
)
SPANS = {"7": _("7 days"), "30": _("30 days"), "90": _("90 days"), "365": _("12 months")}
HEADS = (
    _("Words"), _("Searches"), _("Without a result"), _("Opened"), _("Opened, in percent"), _("Average place"), _("Solved"),
)  # fmt: skip


@searches.post("/search/opened")
@csrf.exempt
def opened() -> Any:
    """A result was opened: told by the browser itself (``ping``) or by the page's script. Its token is signed here."""
    limits.hit("search-opened-by", client_key(), "120/minute")
    place = request.args.get("at", "")
    noting.note_opened(
        request.args.get("t", ""), int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0
    )
    return Response(status=204)


@searches.post("/search/solved")
def solved() -> Any:
    """ "It solves my problem", on the solution that is put forward; leads to it."""
    limits.hit("search-solved-by", client_key(), "30/hour")
    if noting.note_solved(request.form.get("t", "")):
        flash(str(_("Good news, thank you for telling us.")))
    target = safe_target(request.form.get("next"))
    return redirect(target or url_for("search.show"), 303)


@searches.get("/desk/searches")
def index() -> str:
    """The report."""
    require(can_read_searches(actor()))
    wish = read_wish(request.args)
    found = queries.report(wish.report, wish.period, wish.language)
    return render_template(
        "search/report.html", wish=wish, found=found, reports=REPORTS, spans=[(key, SPANS[key]) for key in PERIODS],
        spoken=[(code, NAMES[code]) for code in LANGUAGES], address=_address, heads=HEADS, least=queries.least(),
        most=max((asked for _day, asked, _empty in found.days), default=0), own=language(), briefs=briefs(wish.period, wish.language),
    )  # fmt: skip


@searches.get("/desk/searches.csv")
def export() -> Response:
    """The table as a file."""
    require(can_read_searches(actor()))
    wish = read_wish(request.args)
    body = as_csv(HEADS, queries.lines(wish.report, wish.period, wish.language))
    name = f"searches-{wish.report}-{local(clock.now()):%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="text/csv", headers=headers)


def _address(wish: Wish, endpoint: str = "searches.index", **changes: Any) -> str:
    chosen = {"report": wish.report.value, "period": wish.period, "language": wish.language} | changes
    return url_for(endpoint, **{name: value for name, value in chosen.items() if value})
