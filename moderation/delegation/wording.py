"""What rights are called."""

from __future__ import annotations

from common.i18n import _
from moderation.delegation.rules import Right

RIGHTS = {
    Right.DECIDE: _("Queue"),
    Right.BULK: _("Many at once"),
    Right.REVIEWS: _("Product reviews"),
    Right.APPEALS: _("Appeals"),
    Right.FILES: _("Members’ files"),
}
HINTS = {
    Right.DECIDE: _("read and decide what waits about threads"),
    Right.BULK: _("decide ticked items together"),
    Right.REVIEWS: _("read and decide what waits about product reviews"),
    Right.APPEALS: _("answer those who contest a decision"),
    Right.FILES: _("see who wrote here, and what was decided about their texts here"),
}
