"""One address for every button: it sends the wanted state, so that a double click changes nothing."""

from __future__ import annotations

from typing import Any

from flask import url_for

from common.errors import NotFound
from common.web import actor, localized, redirect_back
from forum.following import following, targets
from forum.questions.routes import ANY_ID
from forum.reactions.routes import wanted

follows = localized("follows", __name__)


@follows.post(f"/follows/<kind>/<{ANY_ID}:id>")
def change(kind: str, id: int) -> Any:
    """Follow, or stop; then back to where the button was."""
    source = targets.source_of(kind)
    if source is None:
        raise NotFound()
    (following.follow if wanted() else following.unfollow)(actor(), source.kind, id)
    return redirect_back(url_for("mine.show", tab="follows"))
