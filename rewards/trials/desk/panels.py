"""The way to trials in the desk's rail, and the open trial on the home page and in the rewards centre."""

from __future__ import annotations

from common import rail
from common.i18n import _
from rewards.trials.desk.queries import waiting_count
from rewards.trials.permissions import can_see_desk

RAIL = rail.Line("trial_desk.index", "gift", _("Product trials"), can_see_desk, count=waiting_count, most=100)
