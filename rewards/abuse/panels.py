"""The way to unusual votes in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from rewards.abuse.permissions import can_look
from rewards.abuse.queries import waiting_count


def desk_nav(*_args: Any) -> str:
    """With the number that wait, for those who may decide."""
    who = actor()
    if not can_look(who):
        return ""
    here = request.blueprint == "abuse"
    return render_template("rewards/abuse/_desk_nav.html", count=waiting_count(who), here=here)
