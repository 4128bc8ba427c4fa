"""The line of the words in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.lexicon.permissions import can_change_words


def desk_nav(*_args: Any) -> str:
    """For managers."""
    if not can_change_words(actor()):
        return ""
    return render_template("moderation/lexicon/_nav.html", here=request.blueprint == "lexicon")
