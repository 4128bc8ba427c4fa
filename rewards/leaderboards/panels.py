"""What leaderboards show in other pages: the choice, in the settings of the profile."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from rewards.leaderboards.choosing import is_listed


def in_settings(*_args: Any) -> str:
    """Whether one wants to be listed."""
    who = actor()
    if who.member_id is None or who.is_staff:
        return ""
    return render_template("rewards/leaderboards/_choice.html", listed=is_listed(who.member_id))
