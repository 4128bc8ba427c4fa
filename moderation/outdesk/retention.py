"""How long answered calls are kept, so that they can be answered the same again."""

from __future__ import annotations

from accounts.retention.periods import Rule, register
from common.i18n import _
from moderation.outdesk.models import OutsideCall

register(
    Rule(
        "outside-calls", _("Calls of outside desks"), "privacy.outside_call_days", OutsideCall,
        lambda before: OutsideCall.at < before, {},
    ),
    30, _("How long a call of an outside desk is known, so that the same call again changes nothing."), low=7,
)  # fmt: skip
