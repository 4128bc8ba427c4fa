"""What may be changed about audits."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "moderation.audit_every", 50, low=0, high=1_000,
    help=_("One item in so many that a moderator gets is one whose right answer is known; 0 for none."),
)  # fmt: skip
settings.define(
    "moderation.audit_target", 95, unit="%", low=50, high=100,
    help=_("Share of those items that should be decided as they were before."),
)  # fmt: skip
settings.define(
    "moderation.audit_days", 150, unit=_("days"), low=7, high=180,
    help=_("How far back the decisions lie that such items are taken from; refused texts are kept a little longer."),
)  # fmt: skip
