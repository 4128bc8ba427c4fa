"""The page of figures, the lists behind them, and the table for spreadsheets."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from common.errors import NotFound
from common.lists import LARGEST
from common.web import actor, localized
from moderation.figures import queries
from moderation.figures.rules import PERIODS
from moderation.figures.tables import as_csv
from moderation.review import wording
from moderation.review.permissions import can_see_figures
from rewards.economics.rules import BASE, HEIGHT, WIDTH

blueprint = localized("figures", __name__)


def _days() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(one) for one in PERIODS} else PERIODS[1]


def _number(name: str) -> int | None:
    asked = request.args.get(name, "")
    return (
        int(asked)
        if asked.isascii() and asked.isdigit() and len(asked) < 11 and int(asked) <= LARGEST
        else None
    )


@blueprint.get("/desk/moderation/figures")
def index() -> str:
    """All figures, each with its definition and its list."""
    return render_template(
        "moderation/figures/index.html", shown=queries.overview(actor(), _days()), days=_days(), periods=PERIODS,
        box=(WIDTH, HEIGHT, BASE), wording=wording,
    )  # fmt: skip


@blueprint.get("/desk/moderation/figures.csv")
def table() -> Response:
    """The same for a spreadsheet."""
    content = as_csv(queries.overview(actor(), _days()))
    name = f"moderation-{_days()}-days.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, headers=headers, mimetype="text/csv")


@blueprint.get("/desk/moderation/figures/<what>")
def lines(what: str) -> str:
    """The list behind a figure."""
    if what not in queries.LISTS:
        raise NotFound()
    after, klass, who = request.args.get("after", "")[:40], _number("class"), _number("who")
    return render_template(
        "moderation/figures/lines.html", page=queries.lines(actor(), what, _days(), after, klass, who), what=what,
        title=queries.LISTS[what], days=_days(), after=after, klass=klass, who=who, wording=wording,
    )  # fmt: skip


def desk_nav(*_args: Any) -> str:
    """The way to the page, for managers."""
    if not can_see_figures(actor()):
        return ""
    return render_template("moderation/figures/_nav.html", here=request.blueprint == "figures")
