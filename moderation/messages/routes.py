"""The way from the desk's old page of reported messages to the queue, where they are items."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from accounts.settings.routes import members_only
from common.permissions import require
from common.web import actor, localized
from moderation.review.permissions import can_review

reported = localized("reported", __name__)


@reported.get("/desk/messages")
@members_only
def index() -> Response:
    """They are decided about in the queue."""
    require(can_review(actor()))
    return redirect(url_for("review.queue", tab="people"), 301)
