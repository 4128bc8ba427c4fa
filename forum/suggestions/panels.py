"""The ways to suggested edits that wait, with their number, for those who decide about them."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import rail
from common.i18n import _
from common.web import actor
from forum.suggestions.permissions import is_reviewer
from forum.suggestions.queries import waiting_count

_PAGES = ("questions.suggestions", "questions.suggestion", "questions.approve", "questions.reject")


RAIL = rail.Line(
    "questions.suggestions", "edit", _("Suggested changes"), is_reviewer, _PAGES, waiting_count, most=100
)


def link(*_args: Any) -> str:
    """On one's own pages: to what waits, or to what one suggested."""
    who = actor()
    count = waiting_count(who) if is_reviewer(who) else 0
    return render_template("forum/suggestions/_link.html", count=count)
