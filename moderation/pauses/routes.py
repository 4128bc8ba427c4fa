"""The two buttons of a pause."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for

from common.errors import Conflict
from common.permissions import require
from common.web import actor, localized
from moderation.pauses import pausing
from moderation.review.permissions import can_review

pauses = localized("pauses", __name__)


@pauses.post("/desk/review/pause/over")
def go_on() -> Any:
    """On with the queue, once the few seconds are over."""
    require(can_review(actor()))
    try:
        pausing.go_on(actor())
    except Conflict as early:
        flash(str(early.sentence))
    return redirect(url_for("review.queue"), 303)


@pauses.post("/desk/review/rest/later")
def put_aside() -> Any:
    """No break now."""
    require(can_review(actor()))
    pausing.put_aside(actor())
    return redirect(url_for("review.queue"), 303)
