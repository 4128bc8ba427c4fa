"""How long it is kept that a member agreed once and agrees no more."""

from __future__ import annotations

from accounts.retention.models import HoldKind
from accounts.retention.periods import Rule, register
from common.i18n import _
from moderation.crm.models import CrmConsent

register(
    Rule(
        "crm-withdrawn", _("Consents to the customer file that were taken back"), "privacy.crm_days", CrmConsent,
        lambda before: CrmConsent.withdrawn_at < before, {HoldKind.MEMBER: (CrmConsent.member_id,)},
    ),
    365, _("How long exports say that a member has taken the consent to the customer file back."), low=30,
)  # fmt: skip
