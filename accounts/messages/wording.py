"""Why a private message is reported, in words."""

from __future__ import annotations

from accounts.messages.rules import ReportReason
from common.i18n import _

REASONS = {
    ReportReason.INSULT: _("Insulting"),
    ReportReason.HARASSMENT: _("Writes again and again though I asked to stop"),
    ReportReason.ADVERTISING: _("Advertising"),
    ReportReason.FRAUD: _("Asks for money, codes or data"),
    ReportReason.OTHER: _("Something else"),
}
