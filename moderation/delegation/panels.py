"""The lines of delegation in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.delegation.permissions import can_entrust
from moderation.delegation.teams import led_by


def desk_nav(*_args: Any) -> str:
    """For managers."""
    if not can_entrust(actor()):
        return ""
    here = request.blueprint == "delegation"
    return render_template("moderation/delegation/_nav.html", here=here, team_id=None)


def team_nav(*_args: Any) -> str:
    """For who leads a team: the own team. One query, for limited moderators only."""
    team_id = led_by(actor())
    if team_id is None:
        return ""
    here = request.blueprint == "delegation"
    return render_template("moderation/delegation/_nav.html", here=here, team_id=team_id)
