"""The way to the statement of value in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from rewards.promotions.permissions import can_offer

RAIL = rail.Line("worth.index", "chart", _("Value received"), can_offer)
