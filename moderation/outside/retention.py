"""How long it is kept what was told outside."""

from __future__ import annotations

from accounts.retention.periods import Rule, register
from common.i18n import _
from moderation.outside.models import OutsideEvent
from moderation.outside.steering import erase_events

register(
    Rule(
        "outside", _("What was told to outside systems"), "privacy.outside_days", OutsideEvent,
        lambda before: OutsideEvent.at < before, {}, erase_events,
    ),
    30, _("How long the log of outside connections is kept."), low=7,
)  # fmt: skip
