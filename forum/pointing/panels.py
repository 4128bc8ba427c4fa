"""The way to the duplicates that wait, where trusted members and the team work."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import rail
from common.i18n import _
from common.web import actor
from forum.pointing.permissions import is_judge
from forum.pointing.queries import waiting_count


def link(*_args: Any) -> str:
    """On the helpers' home."""
    who = actor()
    return render_template("forum/pointing/_link.html", count=waiting_count(who)) if is_judge(who) else ""


RAIL = rail.Line(
    "questions.hints",
    "link",
    _("Possible duplicates"),
    is_judge,
    ("questions.hints",),
    waiting_count,
    most=100,
)
