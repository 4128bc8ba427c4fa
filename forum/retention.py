"""The retention rules of the forum."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.retention.models import HoldKind
from accounts.retention.periods import Rule, register
from common.i18n import _
from forum.content.terms.models import TermsAcceptance


def _of_who_left(before: Any) -> Any:
    return TermsAcceptance.member_id.in_(select(Member.id).where(Member.closed_at < before))


register(
    Rule(
        "acceptances", _("Proofs of what was accepted"), "privacy.acceptance_days", TermsAcceptance, _of_who_left,
        {HoldKind.MEMBER: (TermsAcceptance.member_id,)}, through=("terms_acceptance",),
    ),
    1_826, _("How long after an account was closed the proof is kept that its member accepted the charter and the terms."),
)  # fmt: skip
