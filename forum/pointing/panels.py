"""The way to the duplicates that wait, where trusted members and the team work."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from forum.pointing.permissions import is_judge
from forum.pointing.queries import waiting_count


def link(*_args: Any) -> str:
    """On the helpers' home."""
    who = actor()
    return render_template("forum/pointing/_link.html", count=waiting_count(who)) if is_judge(who) else ""


def desk_nav(*_args: Any) -> str:
    """In the desk's rail."""
    who = actor()
    if not is_judge(who):
        return ""
    here = request.endpoint == "questions.hints"
    return render_template("forum/pointing/_desk_nav.html", count=waiting_count(who), here=here)
