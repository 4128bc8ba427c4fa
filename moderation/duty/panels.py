"""The lines of duty in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.duty.permissions import can_see_plan
from moderation.duty.queries import unread_count
from moderation.review.permissions import can_review


def desk_nav(*_args: Any) -> str:
    """The plan, and the words nobody has read yet."""
    who = actor()
    if not can_see_plan(who):
        return ""
    hands_over = bool(can_review(who))
    endpoint = request.endpoint or ""
    return render_template(
        "moderation/duty/_nav.html",
        here=endpoint,
        hands_over=hands_over,
        unread=unread_count(who) if hands_over else 0,
    )
