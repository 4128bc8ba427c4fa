"""Where guides are seen outside their pages: the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from forum.content.guides.permissions import can_keep_guides

RAIL = rail.Line("guide_desk.index", "note", _("Guides"), can_keep_guides)
