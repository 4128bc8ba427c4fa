"""The way to the lounge, for those who may enter: in the rewards centre, and in the desk's rail for the team."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import rail
from common.i18n import _
from common.permissions import Actor
from rewards.lounge import queries
from rewards.lounge.permissions import can_read

SHOWN = 3


def in_centre(reader: Actor, *_more: Any) -> str | None:
    """The last topics."""
    if not can_read(reader):
        return None
    return render_template("rewards/lounge/_centre.html", topics=queries.topics(reader, size=SHOWN).items)


RAIL = rail.Line("lounge.index", "lock", _("Expert lounge"), can_read)
