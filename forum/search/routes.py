"""The search page."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from accounts.members.queries import cards
from common.i18n import LANGUAGES, NAMES, _
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.search.finding import find, find_members
from forum.search.forms import read_filters, read_page, read_query
from forum.search.rules import Filters, SearchState

bp = localized("search", __name__)

STATES = (
    ("", _("All questions")),
    (SearchState.SOLVED.value, _("Solved")),
    (SearchState.ANSWERED.value, _("Answered")),
    (SearchState.OPEN.value, _("Waiting for an answer")),
    (SearchState.CLOSED.value, _("Closed")),
)
_KEPT = ("q", "tab", "state", "category", "tag", "author", "language")


@bp.get("/search")
def show() -> Any:
    """Results for ``q``: questions, or members with ``tab=members``."""
    typed, filters = read_query(request.args), read_filters(request.args, LANGUAGES)
    if request.args.get("tab") == "members":
        members = find_members(typed)
        return render_template(
            "search/show.html", typed=typed, tab="members", members=members, found=None, filters=filters,
            address=address, **_choices(filters),
        )  # fmt: skip
    found = find(actor(), typed, filters, read_page(request.args))
    return render_template(
        "search/show.html", typed=typed, tab="questions", found=found, members=(), filters=filters, address=address,
        **_choices(filters),
    )  # fmt: skip


def address(**changes: Any) -> str:
    """This search with other choices; an empty value takes a choice away."""
    kept = {name: value[:200] for name in _KEPT if (value := request.args.get(name))}
    return url_for("search.show", **{name: value for name, value in (kept | changes).items() if value})


def _choices(filters: Filters) -> dict[str, Any]:
    known = categories()
    chosen: list[tuple[str, Any]] = []
    if filters.state:
        chosen.append(("state", dict(STATES)[filters.state.value]))
    if filters.category_id is not None:
        chosen.append(("category", next(one.name for one in known if one.id == filters.category_id)))
    if filters.tag:
        chosen.append(("tag", filters.tag))
    if filters.author_id is not None:
        chosen.append(("author", cards({filters.author_id})[filters.author_id].name))
    if filters.language:
        chosen.append(("language", NAMES[filters.language]))
    return {
        "states": STATES, "categories": known, "languages": LANGUAGES, "language_names": NAMES, "chosen": chosen,
        "category_slug": next((one.slug for one in known if one.id == filters.category_id), ""),
    }  # fmt: skip
