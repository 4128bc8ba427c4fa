"""Gifts on other pages: the catalogue in the rewards centre, the way to it in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.permissions import Actor
from common.web import actor
from rewards.gifts import queries
from rewards.gifts.permissions import can_thank


def in_centre(reader: Actor, *_more: Any) -> str | None:
    """What points can become beyond codes."""
    shown = queries.shown_to(reader)
    return render_template("rewards/gifts/_centre.html", gifts=shown) if shown else None


def desk_nav(*_args: Any) -> str:
    """For the team, who may thank."""
    if not can_thank(actor()):
        return ""
    return render_template(
        "rewards/gifts/_desk_nav.html", here=request.blueprint == "gifts", manages=actor().is_manager
    )
