"""What reports show in other pages: a line of the desk's rail, and the ladder of a member's reports in the file."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import rail
from common.i18n import _
from common.web import actor
from moderation.flags.misuse import measures_of
from moderation.flags.permissions import can_lift
from moderation.flags.queries import notices_waiting


def in_file(member: Any) -> str:
    """Warnings about reports, and until when they are not counted."""
    found = measures_of(member.id) if can_lift(actor()) else []
    return render_template("moderation/flags/_measures.html", measures=found, member=member) if found else ""


RAIL = rail.Line(
    "legal_notices.index",
    "shield",
    _("Legal notices"),
    lambda who: who.can_moderate and not who.suspended,
    count=lambda _who: rail.Pressing(notices_waiting()),
)
