"""The dashboard, the lists behind its figures, and both for spreadsheets and programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for

from common.errors import NotFound
from common.i18n import LANGUAGES, NAMES, _, language
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories, categories_by_id
from moderation.dashboard import exports, mailing, queries
from moderation.dashboard.chart_rules import BASE, HEIGHT, LEFT, WIDTH
from moderation.dashboard.listing import reading as listing
from moderation.dashboard.listing.known import LISTS, Lines, Listing
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import Scope
from moderation.dashboard.rules import PERIODS
from moderation.dashboard.tables import part_of
from moderation.dashboard.work import team
from moderation.themes import queries as themes
from moderation.themes.wording import STATES

blueprint = localized("dashboard", __name__)


def _scope() -> Scope:
    """What the address asks for; what it does not understand is left out."""
    days, place, spoken = (request.args.get(name, "") for name in ("days", "category", "language"))
    known = {str(number) for number in categories_by_id()}
    return Scope(
        int(days) if days in {str(one) for one in PERIODS} else PERIODS[0],
        int(place) if place in known else None,
        spoken if spoken in LANGUAGES else None,
    )


def _asked(scope: Scope) -> dict[str, Any]:
    """The same as parts of an address; what narrows a list of questions is left out where it narrows nothing."""
    more = {"cell": scope.cell, "bar": scope.bar, "member": scope.member_id}
    whole = {"days": scope.days, "category": scope.category_id, "language": scope.language}
    return whole | {name: value for name, value in more.items() if value is not None}


@blueprint.get("/desk/dashboard")
def index() -> str:
    """All figures, each with its definition and its list."""
    require(can_see_dashboard(actor()))
    scope = _scope()
    return render_template(
        "moderation/dashboard/index.html", shown=queries.overview(actor(), scope), asked=_asked(scope),
        mailed=mailing.wishes(actor()), topics=themes.night(actor(), language()), follow_up=STATES, periods=sorted(PERIODS), categories=categories(), languages_named=NAMES, box=(WIDTH, HEIGHT, LEFT, BASE), moderation_goal=team.goal_seconds(),
    )  # fmt: skip


@blueprint.get("/desk/dashboard.csv")
def table() -> Response:
    """The same for a spreadsheet."""
    require(can_see_dashboard(actor()))
    return _file(exports.as_csv(queries.overview(actor(), _scope())), f"dashboard-{_scope().days}-days")


@blueprint.get("/desk/dashboard.json")
def data() -> Response:
    """The same for a program."""
    require(can_see_dashboard(actor()))
    return _json(exports.as_json(queries.overview(actor(), _scope())))


@blueprint.get("/desk/dashboard/<what>")
def lines(what: str) -> str:
    """The list behind a figure."""
    scope, known = _listed(what)
    after = request.args.get("after", "")[:40]
    return render_template(
        "moderation/dashboard/lines.html", page=listing.lines(actor(), what, scope, after), count=listing.count(actor(), what, scope), what=what,
        known=known, heads=listing.HEADS[known.lines], after=after, asked=_asked(scope),
        category=categories_by_id().get(scope.category_id or 0), part=part_of(scope),
    )  # fmt: skip


@blueprint.get("/desk/dashboard/<what>.csv")
def list_table(what: str) -> Response:
    """The list for a spreadsheet."""
    scope, known = _listed(what)
    found = listing.lines(actor(), what, scope, None, exports.MOST_LINES)
    return _file(exports.list_as_csv(found, known.lines), f"{what}-{scope.days}-days")


@blueprint.get("/desk/dashboard/<what>.json")
def list_data(what: str) -> Response:
    """The list for a program."""
    scope, known = _listed(what)
    found = listing.lines(actor(), what, scope, None, exports.MOST_LINES)
    return _json(exports.list_as_json(found, known.lines, listing.count(actor(), what, scope)))


@blueprint.post("/desk/dashboard/mail")
def mail() -> Any:
    """The figures of the week by mail, or no more."""
    wanted = request.form.get("wanted") == "yes"
    mailing.wish(actor(), wanted)
    said = (
        _("You get the figures of the week every Monday.")
        if wanted
        else _("You get no more mail with the figures of the week.")
    )
    flash(str(said))
    return redirect(url_for("dashboard.index"), 303)


def _listed(what: str) -> tuple[Scope, Listing]:
    require(can_see_dashboard(actor()))
    known = LISTS.get(what)
    if known is None:
        raise NotFound()
    if what in OF_ONE:
        return replace(_scope(), member_id=_number("member", MAX_ID)), known
    if known.lines is not Lines.QUESTIONS:
        return _scope(), known
    return replace(_scope(), cell=_number("cell", 7 * 24 - 1), bar=_number("bar", _LAST_DAY)), known


OF_ONE = ("solutions", "answers-of")
"""The lists whose address may name a member."""
MAX_ID = 2**31 - 1
_LAST_DAY = date.max.toordinal() - 366


def _number(name: str, most: int) -> int | None:
    asked = request.args.get(name, "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 11 and 0 <= int(asked) <= most
    return int(asked) if known else None


def _json(content: dict[str, Any]) -> Response:
    response = jsonify(content)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _file(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}  # fmt: skip
    return Response(content, headers=headers, mimetype="text/csv")
