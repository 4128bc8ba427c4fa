"""The ways to the pages: in one's own settings, and in the desk's rail."""

from __future__ import annotations

from flask import render_template

from common import rail
from common.i18n import _
from common.web import actor
from moderation.experts.asking.permissions import can_see_spread


def settings_line(tab: str) -> str:
    """Being asked, among the pages of the settings; the team is not asked this way."""
    if actor().is_staff:
        return ""
    return render_template("moderation/experts/_settings_line.html", here=tab == "helping")


RAIL = rail.Line("experts.spread", "hand", _("Experts asked"), can_see_spread, ("experts.spread",))
