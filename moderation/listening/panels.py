"""The line of listening in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.listening.permissions import can_listen

_PAGES = ("watches", "themes", "hearing")


def desk_nav(*_args: Any) -> str:
    """For managers and the community team."""
    if not can_listen(actor()):
        return ""
    return render_template("moderation/listening/_nav.html", here=request.blueprint in _PAGES)
