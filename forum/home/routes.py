"""The home page."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.freshness import LISTS
from common.i18n import _
from common.web import actor, cached_page, localized
from forum.browsing.queries import categories, common_tags, questions_page, state_counts
from forum.browsing.rules import Filters, ListSort, ListState
from forum.home import queries
from forum.positions.queries import new_answers
from forum.resurfacing.choosing import shown_again

home = localized("home", __name__)
ROWS = 8
TABS = {
    "": (_("Recent"), Filters()),
    "unanswered": (_("Unanswered"), Filters(state=ListState.UNANSWERED, sort=ListSort.NEW)),
    "wanted": (_("Most awaited"), Filters(sort=ListSort.WANTED)),
    "viewed": (_("Most viewed"), Filters(sort=ListSort.VIEWED)),
}


@home.get("/")
@cached_page(LISTS)
def show() -> Any:
    """Search first; then what happens, where to look, and how it works."""
    who = actor()
    wanted = request.args.get("tab", "")
    tab = wanted if wanted in TABS else ""
    page = questions_page(TABS[tab][1], size=ROWS)
    return render_template(
        "forum/home.html", here="home", reader=who, figures=queries.figures(), chosen=tab, tabs=TABS,
        page=page, new=new_answers(who, [row.id for row in page.items]), unanswered=state_counts()[ListState.UNANSWERED],
        categories=categories(), topics=common_tags(4), served=queries.served_this_week(),
        news=queries.own_news(who.ids) if who.signed_in else None, again=shown_again(),
    )  # fmt: skip
