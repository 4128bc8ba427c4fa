"""The way to the points table in the desk's rail, and a member's two totals during a trial."""

from __future__ import annotations

from common import rail
from common.i18n import _
from rewards.adjustments.queries import waiting_count
from rewards.tables.permissions import can_change

RAIL = rail.Line("points.index", "gift", _("Points"), can_change, count=waiting_count)
