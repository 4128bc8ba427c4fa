"""The way to ranks and mandates in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from rewards.ranks.permissions import can_appoint


def desk_nav(*_args: Any) -> str:
    """For those who give mandates and change formulas."""
    if not can_appoint(actor()):
        return ""
    return render_template("rewards/ranks/_desk_nav.html", here=request.blueprint == "rank_desk")
