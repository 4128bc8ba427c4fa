"""Pages of official guides: the list, one guide, and what readers say of it. Writing them is in ``desk.py``."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for

from common import limits
from common.i18n import LANGUAGES, _
from common.permissions import Actor
from common.web import actor, client_key, localized, wants_fragment, with_query
from forum.browsing.queries import categories
from forum.content.guides import queries, reading
from forum.content.guides.forms import read_filters
from forum.content.guides.helping import say_helped, voter_of
from forum.content.guides.permissions import can_keep_guides, can_say_helped
from forum.content.guides.proposals.permissions import can_propose
from forum.content.guides.proposals.queries import waiting_count
from forum.content.guides.rules import GuideState

guides = localized("guides", __name__)
_READER = "reader"
"""Where a visitor's session keeps a random name, so that one browser counts once."""


@guides.get("/guides/")
def index() -> Any:
    """All published guides, the most read first."""
    filters, after = read_filters(request.args, LANGUAGES), request.args.get("after", "")[:40]
    return render_template(
        "forum/guides/index.html", page=queries.published_page(filters, after), filters=filters, after=after,
        categories=categories(), may_keep=can_keep_guides(actor()), may_propose=can_propose(actor()),
        to_read=waiting_count(actor()),
    )  # fmt: skip


@guides.get("/guides/<int:id>/", strict_slashes=False)
@guides.get("/guides/<int:id>/<slug>")
def show(id: int, slug: str = "") -> Any:
    """A guide. A wrong or missing slug leads to the right address."""
    page = queries.guide_page(actor(), _known(id))
    if slug != page.row.slug:
        return redirect(with_query(url_for("guides.show", id=id, slug=page.row.slug)), 301)
    if page.row.state == GuideState.PUBLISHED:
        reading.note(id)
        reading.write_down_if_due()
    return render_template(
        "forum/guides/show.html", page=page, row=page.row, related=queries.related_questions(page),
        may_say=can_say_helped(actor()), said=_said(actor(), id), may_keep=can_keep_guides(actor()),
    )  # fmt: skip


@guides.post("/guides/<int:id>/helped")
def helped(id: int) -> Any:
    """Yes or no, counted once per member or visitor."""
    limits.hit("guide-helped", f"{client_key()}:{id}", "6/day")
    limits.hit("guide-helped", client_key(), "60/day")
    yes = request.form.get("helped") == "yes"
    say_helped(actor(), _known(id), yes, _browser(), request.form.get("remark", ""))
    page = queries.guide_page(actor(), id)
    if wants_fragment():
        body = render_template("forum/guides/_helped.html", row=page.row, said=yes, may_say=True)
        return Response(body, mimetype="text/html")
    flash(
        str(_("Noted: it helped you. Thank you.") if yes else _("Noted. The team reads what did not help."))
    )
    return redirect(url_for("guides.show", id=id, slug=page.row.slug, _anchor="helped"), 303)


def _said(who: Actor, guide_id: int) -> bool | None:
    name = session.get(_READER)
    if not who.signed_in and not name:
        return None
    return queries.my_verdict(guide_id, voter_of(who, guide_id, str(name)))


def _browser() -> str:
    if _READER not in session:
        session[_READER] = secrets.token_urlsafe(16)
    return str(session[_READER])


def _known(guide_id: int) -> int:
    """The number of an address, as far as a column holds it."""
    return min(guide_id, 2**31 - 1)
