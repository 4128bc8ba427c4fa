"""The way to trials in the desk's rail, and the open trial on the home page and in the rewards centre."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from rewards.trials.desk.queries import waiting_count
from rewards.trials.permissions import can_see_desk


def desk_nav(*_args: Any) -> str:
    """With the number of reports that wait, for those who run trials."""
    who = actor()
    if not can_see_desk(who):
        return ""
    here = request.blueprint == "trial_desk"
    return render_template("rewards/trials/desk/_desk_nav.html", count=waiting_count(who), here=here)
