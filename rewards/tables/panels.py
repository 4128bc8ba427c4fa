"""The way to the points table in the desk's rail, and a member's two totals during a trial."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from rewards.adjustments.queries import waiting_count
from rewards.tables.permissions import can_change


def desk_nav(*_args: Any) -> str:
    """With the number of lines that wait for a second manager."""
    who = actor()
    if not can_change(who):
        return ""
    return render_template(
        "rewards/tables/_desk_nav.html", count=waiting_count(who), here=request.blueprint == "points"
    )
