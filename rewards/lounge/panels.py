"""The way to the lounge, for those who may enter: in the rewards centre, and in the desk's rail for the team."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.permissions import Actor
from common.web import actor
from rewards.lounge import queries
from rewards.lounge.permissions import can_read

SHOWN = 3


def in_centre(reader: Actor, *_more: Any) -> str | None:
    """The last topics."""
    if not can_read(reader):
        return None
    return render_template("rewards/lounge/_centre.html", topics=queries.topics(reader, size=SHOWN).items)


def desk_nav(*_args: Any) -> str:
    """For the team."""
    if not can_read(actor()):
        return ""
    return render_template("rewards/lounge/_desk_nav.html", here=request.blueprint == "lounge")
