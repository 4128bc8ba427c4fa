"""The way to the statement of value in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from rewards.promotions.permissions import can_offer


def desk_nav(*_args: Any) -> str:
    """For managers."""
    if not can_offer(actor()):
        return ""
    return render_template("rewards/worth/_desk_nav.html", here=request.blueprint == "worth")
