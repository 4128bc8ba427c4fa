"""The lines of duty in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from moderation.duty.permissions import can_see_plan
from moderation.duty.queries import unread_count
from moderation.review.permissions import can_review

RAIL = (
    rail.Line("duty.plan", "calendar", _("On duty"), can_see_plan, ("duty.plan", "duty.change")),
    rail.Line(
        "duty.handover",
        "note",
        _("Handover"),
        lambda who: can_see_plan(who) and can_review(who),
        ("duty.hand", "duty.acknowledge"),
        lambda who: rail.Pressing(unread_count(who)),
    ),
)
