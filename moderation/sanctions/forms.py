"""Forms about members: a sanction, as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import Invalid
from common.i18n import _
from moderation.review.rules import Reason
from moderation.sanctions.rules import SANCTION_HOURS, SanctionKind


@dataclass(frozen=True, slots=True)
class SanctionDraft:
    """What a moderator chose."""

    kind: SanctionKind
    hours: int
    reason: Reason
    message: str


def read_sanction(form: Mapping[str, str]) -> SanctionDraft:
    """The sanction of a form. Raises :class:`Invalid` with a sentence per field."""
    faults = {}
    kind, _dot, hours = form.get("measure", "").partition(":")
    known = {k.value for k in SanctionKind}
    if kind not in known or not hours.isdigit() or int(hours) not in SANCTION_HOURS[SanctionKind(kind)]:
        faults["measure"] = _("Choose the measure and how long it lasts.")
    if form.get("reason", "") not in {reason.value for reason in Reason}:
        faults["reason"] = _("Choose the reason: the member reads it.")
    if len(form.get("message", "")) > 4000:
        faults["message"] = _("Please keep to %(high)s characters.", high=4000)
    if faults:
        raise Invalid(fields=faults)
    return SanctionDraft(SanctionKind(kind), int(hours), Reason(form["reason"]), form.get("message", ""))
