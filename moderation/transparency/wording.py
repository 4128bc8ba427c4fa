"""The words of reports."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.transparency.models import ReportKind

KINDS: dict[str, Sentence] = {
    ReportKind.YEARLY: _("Yearly report on moderation"),
    ReportKind.RECIPIENTS: _("Average monthly active recipients"),
}
HAND: dict[str, Sentence] = {
    "orders_to_act": _("Orders of authorities to act against content"),
    "orders_to_inform": _("Orders of authorities to provide information"),
    "disputes": _("Disputes before out-of-court bodies"),
    "disputes_for_member": _("… decided in favour of the member"),
    "disputes_median_days": _("… median days until they were settled"),
    "disputes_followed": _("… outcomes that were followed"),
    "visitors_monthly": _("Readers without an account in a month, by your own count"),
}
