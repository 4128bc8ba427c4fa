"""The ways to the pages: in one's own settings, and in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.experts.asking.permissions import can_see_spread


def settings_line(tab: str) -> str:
    """Being asked, among the pages of the settings; the team is not asked this way."""
    if actor().is_staff:
        return ""
    return render_template("moderation/experts/_settings_line.html", here=tab == "helping")


def desk_nav(*_args: Any) -> str:
    """How the invitations are spread, in the desk's rail."""
    here = request.endpoint == "experts.spread"
    return render_template("moderation/experts/_desk_nav.html", here=here) if can_see_spread(actor()) else ""
