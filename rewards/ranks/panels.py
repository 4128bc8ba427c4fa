"""The way to ranks and mandates in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from rewards.ranks.permissions import can_appoint

RAIL = rail.Line("rank_desk.index", "star", _("Ranks"), can_appoint)
