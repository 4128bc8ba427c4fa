"""Pages of accuracy: one's own, one moderator's, the team's."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor, localized
from moderation.audits import queries
from moderation.audits.queries import Report
from moderation.review import wording
from rewards.economics.rules import BASE, HEIGHT, WIDTH

audits = localized("audits", __name__)
ANY_ID = "int(min=1, max=2147483647)"


def _after() -> str:
    return request.args.get("after", "")[:40]


def _page(report: Report, own: bool = False) -> Any:
    body = render_template(
        "moderation/audits/page.html",
        report=report,
        own=own,
        after=_after(),
        wording=wording,
        box=(WIDTH, HEIGHT, BASE),
    )
    return body, 200, {"Cache-Control": "private, no-store"}


@audits.get("/desk/moderation/accuracy/mine")
def mine() -> Any:
    """My own accuracy."""
    return _page(queries.mine(actor(), _after()), own=True)


@audits.get(f"/desk/moderation/accuracy/<{ANY_ID}:id>")
def person(id: int) -> Any:
    """One moderator's, for managers."""
    return _page(queries.of_person(actor(), id, _after()))


@audits.get("/desk/moderation/accuracy")
def team() -> Any:
    """All together, nobody named."""
    return _page(queries.of_team(actor(), _after()))
