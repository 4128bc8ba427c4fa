"""The page of figures, the lists behind them, and both for spreadsheets."""

from __future__ import annotations

from flask import Response, render_template, request

from common import rail
from common.errors import NotFound
from common.i18n import _
from common.web import actor, localized
from moderation.figures import forms, lists, queries, tables
from moderation.figures.rules import PERIODS
from moderation.review import wording
from moderation.review.permissions import can_see_figures
from rewards.economics.rules import BASE, HEIGHT, WIDTH

blueprint = localized("figures", __name__)


@blueprint.get("/desk/moderation/figures")
def index() -> str:
    """All figures, each with its definition and its lists."""
    days = forms.days_of(request.args)
    return render_template(
        "moderation/figures/index.html", shown=queries.overview(actor(), days), days=days, periods=PERIODS,
        box=(WIDTH, HEIGHT, BASE), wording=wording, lists=lists.LISTS,
    )  # fmt: skip


@blueprint.get("/desk/moderation/figures.csv")
def table() -> Response:
    """The same for a spreadsheet."""
    days = forms.days_of(request.args)
    return _file(tables.as_csv(queries.overview(actor(), days)), f"moderation-{days}-days")


@blueprint.get("/desk/moderation/figures/<what>")
def lines(what: str) -> str:
    """The list behind a figure."""
    asked, after = forms.narrow_of(request.args), request.args.get("after", "")[:40]
    listed = _listed(what)
    return render_template(
        "moderation/figures/lines.html", page=lists.lines(actor(), what, asked, after), what=what, listed=listed,
        asked=asked, again=forms.address_of(asked), after=after, wording=wording, who=queries.card_of_worker(asked.who),
    )  # fmt: skip


@blueprint.get("/desk/moderation/figures/<what>.csv")
def list_table(what: str) -> Response:
    """The list for a spreadsheet."""
    asked = forms.narrow_of(request.args)
    _listed(what)
    return _file(
        tables.list_as_csv(lists.lines(actor(), what, asked, None, tables.MOST_LINES)),
        f"moderation-{what}-{asked.days}-days",
    )


def _listed(what: str) -> lists.Listed:
    if what not in lists.LISTS:
        raise NotFound()
    return lists.LISTS[what]


def _file(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}  # fmt: skip
    return Response(content, headers=headers, mimetype="text/csv")


RAIL = rail.Line("figures.index", "chart", _("Moderation figures"), can_see_figures)
