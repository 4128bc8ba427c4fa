"""The way to unusual votes in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from rewards.abuse.permissions import can_look
from rewards.abuse.queries import waiting_count

RAIL = rail.Line("abuse.index", "thumb", _("Unusual votes"), can_look, count=waiting_count, most=100)
