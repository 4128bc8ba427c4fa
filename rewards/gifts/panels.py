"""Gifts on other pages: the catalogue in the rewards centre, the way to it in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import rail
from common.i18n import _
from common.permissions import Actor
from rewards.gifts import queries
from rewards.gifts.permissions import can_thank


def in_centre(reader: Actor, *_more: Any) -> str | None:
    """What points can become beyond codes."""
    shown = queries.shown_to(reader)
    return render_template("rewards/gifts/_centre.html", gifts=shown) if shown else None


RAIL = (
    rail.Line("gifts.index", "gift", _("Gifts"), lambda who: can_thank(who) and who.is_manager),
    rail.Line("gifts.thank", "gift", _("Gifts"), lambda who: can_thank(who) and not who.is_manager),
)
