"""What readers say of a brief on the search page; while asking, the ask page's own form carries it."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, request, session, url_for

from common import limits
from common.i18n import _
from common.web import actor, client_key, localized, safe_target
from forum.search.briefs import voting
from forum.search.log import noting

briefs = localized("briefs", __name__)
_READER = "reader"
"""Where a visitor's session keeps a random name, so that one browser counts once; guides keep it there too."""


@briefs.post("/search/brief")
def say() -> Any:
    """Yes or no, counted once per member or browser and query."""
    helped = request.form.get("helped") == "yes"
    take_vote(request.form.get("brief", ""), helped)
    if helped:
        noting.note_solved(request.form.get("t", ""))
    return redirect(safe_target(request.form.get("next")) or url_for("search.show"), 303)


def take_vote(token: str, helped: bool) -> None:
    """Count what this reader says of a brief, and thank."""
    limits.hit("brief", client_key(), "30/hour")
    if _READER not in session:
        session[_READER] = secrets.token_urlsafe(16)
    voting.vote(actor(), str(session[_READER]), token, helped)
    flash(
        str(
            _("Good news, thank you for telling us.")
            if helped
            else _("Noted: it did not answer you. The results below may.")
        )
    )
