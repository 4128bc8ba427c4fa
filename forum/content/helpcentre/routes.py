"""The help centre at the desk: what was taken in, when the feed was read, what was wrong with it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common import rail
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.content.helpcentre import queries
from forum.content.helpcentre.filling import active_count
from forum.content.helpcentre.permissions import can_see_help_centre
from forum.content.helpcentre.rules import ArticleFault
from forum.content.helpcentre.wording import ARTICLE_FAULTS, SOURCES

helpcentre = localized("helpcentre", __name__)


@helpcentre.get("/desk/help-centre")
def index() -> Any:
    """The list, the last reading, its faults."""
    require(can_see_help_centre(actor()))
    after, withdrawn = request.args.get("after", "")[:80], request.args.get("tab") == "withdrawn"
    address, feed = queries.feed()
    result = feed.result if feed else {}
    faults = [
        (number, key, ARTICLE_FAULTS[ArticleFault(fault)]) for number, key, fault in result.get("faults", ())
    ]
    return render_template(
        "forum/helpcentre/index.html", page=queries.page(actor(), after, withdrawn), after=after, withdrawn=withdrawn,
        address=address, feed=feed, result=result, faults=faults[:20], sources=SOURCES, active=active_count(),
    )  # fmt: skip


RAIL = rail.Line("helpcentre.index", "link", _("Help centre"), can_see_help_centre)
