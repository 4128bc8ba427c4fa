"""One address for every button: it sends the wanted state, so that a double click changes nothing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for

from accounts.settings.routes import members_only
from common.errors import NotFound
from common.i18n import _
from common.web import actor, localized, redirect_back
from forum.following import following, targets
from forum.following.permissions import can_follow
from forum.questions.routes import ANY_ID
from forum.reactions.routes import press_again, wanted

follows = localized("follows", __name__)


@follows.get(f"/follows/<kind>/<{ANY_ID}:id>")
@members_only
def show(kind: str, id: int) -> Any:
    """Where a visitor who pressed the button comes back to after signing in; it asks, and changes nothing."""
    source = targets.source_of(kind)
    found = targets.find([(source.kind, id)]) if source else {}
    if source is None or not found:
        raise NotFound()
    target = found[source.kind, id]
    endpoint, values = target.place
    back, verdict = url_for(endpoint, **values), can_follow(actor(), source.kind, id)
    if not verdict:
        flash(str(verdict.sentence))
        return redirect(back, 303)
    action = url_for("follows.change", kind=kind, id=id)
    return press_again(_("Hear what is new?"), target.name, back, action, "follow", _("Follow"), onward=back)


@follows.post(f"/follows/<kind>/<{ANY_ID}:id>")
def change(kind: str, id: int) -> Any:
    """Follow, or stop; then back to where the button was."""
    source = targets.source_of(kind)
    if source is None:
        raise NotFound()
    verdict = can_follow(actor(), source.kind, id)
    if actor().signed_in and not verdict:
        flash(str(verdict.sentence))
        return redirect_back(url_for("mine.show", tab="follows"))
    (following.follow if wanted() else following.unfollow)(actor(), source.kind, id)
    return redirect_back(url_for("mine.show", tab="follows"))
