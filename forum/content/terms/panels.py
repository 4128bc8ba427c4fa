"""What the charter and the terms show elsewhere: the gate before a page, what one accepted, the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from common import rail
from common.i18n import _
from common.web import actor, wants_fragment
from forum.content.terms import accepting, queries
from forum.content.terms.permissions import can_write_terms
from forum.content.terms.rules import Document

_FREE = frozenset(
    {
        "terms",
        "settings",
        "signin",
        "pages",
        "second_factor",
        "passkeys",
        "decisions",
        "singlesignon",
        "singlesignon_back",
    }
)
"""Pages that stay open to who has not accepted: reading the texts, taking one's data along, leaving, contesting."""


def gate() -> Any:
    """At the next visit after a significant change, a member reads and accepts it first. Nothing typed is lost: only pages
    that are opened lead here, never a form that is sent."""
    who = actor()
    if (
        not who.signed_in
        or request.method != "GET"
        or request.blueprint is None
        or request.blueprint in _FREE
    ):
        return None
    if wants_fragment() or (request.accept_mimetypes and not request.accept_mimetypes.accept_html):
        return None
    if not accepting.owed(who):
        return None
    return redirect(url_for("terms.change", next=request.full_path.rstrip("?")), 303)


def own_consents() -> str:
    """What the member accepted, on the page of their data."""
    return render_template("forum/terms/_mine.html", accepted=queries.accepted_by(actor().member_id or 0))


RAIL = rail.Line("terms.desk", "note", _("Charter and terms"), can_write_terms, ("terms.desk",))


def beside_sign_up() -> str:
    """That the terms of use apply as well, where there are any."""
    return (
        render_template("forum/terms/_sign_up.html") if queries.in_force(Document.TERMS) is not None else ""
    )
