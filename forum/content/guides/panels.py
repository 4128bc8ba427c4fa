"""Where guides are seen outside their pages: the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from forum.content.guides.permissions import can_keep_guides


def desk_nav(*_args: Any) -> str:
    """The line in the desk's rail."""
    if not can_keep_guides(actor()):
        return ""
    return render_template("forum/guides/_desk_nav.html", here=request.blueprint == "guide_desk")
