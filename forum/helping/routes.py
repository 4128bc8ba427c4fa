"""The helpers' home."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from accounts.members.permissions import own_id
from accounts.settings.routes import members_only
from common.i18n import _
from common.lists import Page
from common.web import actor, localized
from forum.browsing.queries import questions_page, state_counts
from forum.browsing.rules import Filters, ListSort, ListState
from forum.helping import queries
from forum.helping.rules import Tab

helping = localized("helping", __name__)
TABS = (
    (Tab.FOR_ME, _("For me")),
    (Tab.UNANSWERED, _("Unanswered")),
    (Tab.ATTENTION, _("Needs attention")),
    (Tab.CLAIMED, _("Being answered")),
)
_LISTS = {
    Tab.UNANSWERED: Filters(state=ListState.UNANSWERED, sort=ListSort.NEW),
    Tab.ATTENTION: Filters(state=ListState.ATTENTION, sort=ListSort.WANTED),
}


@helping.get("/helping/")
@members_only
def show() -> Any:
    """Questions worth answering, by four ways of looking."""
    who, wanted = actor(), request.args.get("tab", "")
    tab = Tab(wanted) if wanted in list(Tab) else Tab.FOR_ME
    after = request.args.get("after", "")[:40]
    page = _page(tab, own_id(who), who.language, after)
    return render_template(
        "forum/helping/show.html", here="me", tab=tab, tabs=TABS, page=page, after=after, counts=state_counts(),
        answering=queries.answering([row.id for row in page.items], own_id(who)),
    )  # fmt: skip


def _page(tab: Tab, member_id: int, language: str, after: str) -> Page:
    if tab in _LISTS:
        return questions_page(_LISTS[tab], after)
    return Page(queries.claimed() if tab == Tab.CLAIMED else queries.for_me(member_id, language), None)
