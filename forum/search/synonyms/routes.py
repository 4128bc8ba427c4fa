"""The desk's page of synonyms."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import text
from common.errors import Conflict, Invalid, Refusal
from common.i18n import LANGUAGES, NAMES, _, language
from common.permissions import require
from common.web import actor, localized
from forum.search.synonyms import keeping, queries, rules
from forum.search.synonyms.permissions import can_keep_synonyms

synonyms = localized("synonyms", __name__)


@synonyms.get("/desk/synonyms")
def index() -> Response:
    """Groups, and a form for a new one."""
    return _page()


@synonyms.post("/desk/synonyms")
def add() -> Any:
    """A new group."""
    try:
        keeping.add_group(actor(), request.form.get("language", ""), request.form.get("entries", "")[:4_000])
    except Invalid as trouble:
        return _page(trouble)
    return _back(_("The group is in force: searches use it from now on."))


@synonyms.post("/desk/synonyms/<int:id>")
def change(id: int) -> Any:
    """Other words."""
    version = request.form.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    try:
        keeping.change_group(actor(), min(id, 2**31 - 1), request.form.get("entries", "")[:4_000], seen)
    except (Invalid, Conflict) as trouble:
        return _page(trouble, id)
    return _back(_("The group is changed."))


@synonyms.post("/desk/synonyms/<int:id>/remove")
def remove(id: int) -> Any:
    """Without this group."""
    keeping.remove_group(actor(), min(id, 2**31 - 1))
    return _back(_("The group is removed."))


def _back(said: Any) -> Any:
    flash(str(said))
    chosen = request.form.get("language", "")
    return redirect(url_for("synonyms.index", language=chosen if chosen in LANGUAGES else None), 303)


def _page(trouble: Refusal | None = None, of: int | None = None) -> Response:
    require(can_keep_synonyms(actor()))
    chosen = request.args.get("language", "")
    chosen = chosen if chosen in LANGUAGES else ""
    words = text.normalise(request.args.get("q", "")).strip()[: rules.LONGEST]
    after = request.args.get("after", "")[:40]
    body = render_template(
        "search/synonyms.html", page=queries.groups(chosen, words, after), counts=queries.counts(), chosen=chosen,
        words=words, after=after, trouble=trouble, faulty=of, typed=request.form, spoken=[(code, NAMES[code]) for code in LANGUAGES],
        limits=rules, preset=request.args.get("add", "")[: rules.LONGEST], own=language(),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")
