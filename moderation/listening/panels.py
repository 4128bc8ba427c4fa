"""The line of listening in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from moderation.listening.permissions import can_listen

_PAGES = ("watches", "themes", "hearing")


RAIL = rail.Line("themes.index", "chart", _("Listening"), can_listen, ("watches.", "themes.", "hearing."))
