"""What was received in a year: one's own page, the team's list, and the accountants' table."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from accounts.members.queries import card, cards
from common.errors import NotFound
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from rewards.promotions.permissions import can_offer
from rewards.worth import queries
from rewards.worth.limiting import this_year
from rewards.worth.tables import as_csv

blueprint = localized("worth", __name__)


def _year() -> int:
    asked = request.values.get("year", type=int) or this_year()
    return asked if 2000 <= asked <= this_year() else this_year()


@blueprint.get("/rewards/value")
def mine() -> Any:
    """One's own statement of a civil year."""
    who = actor()
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    return render_template(
        "rewards/worth/mine.html", here="rewards", page=queries.year_of(who.member_id, _year())
    )


@blueprint.get("/rewards/value.csv")
def mine_as_table() -> Any:
    """The same for a spreadsheet."""
    who = actor()
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    page = queries.year_of(who.member_id, _year())
    return _table(as_csv(page.lines), f"value-{page.year}.csv")


@blueprint.get("/desk/value")
def index() -> str:
    """Who received most."""
    year = _year()
    return render_template(
        "rewards/worth/index.html", rows=queries.receivers(actor(), year), year=year,
        years=[this_year() - back for back in range(4)],
    )  # fmt: skip


@blueprint.get(f"/desk/value/<{ANY_ID}:id>")
def show(id: int) -> str:
    """One member's statement."""
    require(can_offer(actor()))
    person = card(id)
    if person.id is None:
        raise NotFound()
    return render_template("rewards/worth/show.html", person=person, page=queries.year_of(id, _year()))


@blueprint.post("/desk/value/table")
def export() -> Response:
    """Every line of a year, for the accountants. A form, because it is written down."""
    year = _year()
    lines = queries.for_accountants(actor(), year)
    return _table(as_csv(lines, cards(line.member_id for line in lines)), f"value-{year}.csv")


def _table(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, mimetype="text/csv", headers=headers)
