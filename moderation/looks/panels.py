"""The way to the page, among the helpers' links."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from moderation.looks.permissions import can_help


def link(*_args: Any) -> str:
    """For members who may look. No query."""
    return render_template("moderation/looks/_link.html") if can_help(actor()) else ""
