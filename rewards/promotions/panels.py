"""The way to discounts in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from rewards.promotions.permissions import can_offer

RAIL = rail.Line("discounts.index", "tag", _("Discounts"), can_offer)
