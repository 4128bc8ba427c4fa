"""Where the search is seen outside its pages: the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from forum.search.log.permissions import can_read_searches


def desk_nav(*_args: Any) -> str:
    """The lines in the desk's rail: what is searched, and synonyms."""
    if not can_read_searches(actor()):
        return ""
    return render_template("search/_desk_nav.html", here=request.blueprint)
