"""The desk's page of what the programme costs, and the lists behind its figures."""

from __future__ import annotations

from flask import render_template, request

from common import rail
from common.errors import NotFound
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from rewards.economics import queries, sources
from rewards.economics.permissions import can_see_costs
from rewards.economics.rules import BASE, HEIGHT, PERIODS, WIDTH

blueprint = localized("economics", __name__)


def _days() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(one) for one in PERIODS} else PERIODS[0]


@blueprint.get("/desk/programme")
def index() -> str:
    """All figures, each with its definition and its list."""
    return render_template(
        "rewards/economics/index.html", shown=queries.overview(actor(), _days()), days=_days(), periods=PERIODS,
        box=(WIDTH, HEIGHT, BASE),
    )  # fmt: skip


@blueprint.get("/desk/programme/<what>")
def lines(what: str) -> str:
    """The list behind a figure."""
    require(can_see_costs(actor()))
    title, more = queries.title_of(what), sources.listing(what)
    if title is None:
        raise NotFound()
    after = request.args.get("after", "")[:40]
    return render_template(
        "rewards/economics/lines.html", page=queries.lines(actor(), what, _days(), after), what=what, after=after,
        title=title, days=_days(), periods=PERIODS, head=more.head if more else None,
    )  # fmt: skip


RAIL = rail.Line("economics.index", "chart", _("Reward programme"), can_see_costs)
