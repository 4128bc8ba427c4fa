"""Forms about members: a sanction, as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import Invalid
from common.i18n import _
from moderation.review.rules import Reason
from moderation.sanctions.rules import SANCTION_HOURS, SanctionKind
from moderation.sanctions.strike_rules import StrikeCause


@dataclass(frozen=True, slots=True)
class StrikeDraft:
    """The points a moderator chose to give, and the decision they come with."""

    cause: StrikeCause
    message: str
    statement_id: int | None
    nonce: str


def read_strike(form: Mapping[str, str]) -> StrikeDraft:
    """The strike of a form. Raises :class:`Invalid` with a sentence per field."""
    faults = {}
    if form.get("cause", "") not in {cause.value for cause in StrikeCause}:
        faults["cause"] = _("Choose what the points are for.")
    if len(form.get("message", "")) > 4000:
        faults["message"] = _("Please keep to %(high)s characters.", high=4000)
    if faults:
        raise Invalid(fields=faults)
    if not form.get("nonce", "").strip():
        raise Invalid(_("Something in the form needs your attention."))
    about = form.get("about", "")
    statement_id = int(about) if about.isascii() and about.isdigit() and len(about) < 12 else None
    return StrikeDraft(
        StrikeCause(form["cause"]), form.get("message", ""), statement_id, form.get("nonce", "").strip()[:40]
    )


def read_ban(form: Mapping[str, str]) -> tuple[Reason, str]:
    """Reason and explanation of a ban that is proposed."""
    if form.get("reason", "") not in {reason.value for reason in Reason}:
        raise Invalid(fields={"reason": _("Choose the reason: the member reads it.")})
    if len(form.get("message", "")) > 4000:
        raise Invalid(fields={"message": _("Please keep to %(high)s characters.", high=4000)})
    return Reason(form["reason"]), form.get("message", "")


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
    known = {f"{one.value}:{length}" for one, lengths in SANCTION_HOURS.items() for length in lengths}
    if form.get("measure", "") not in known:
        faults["measure"] = _("Choose the measure and how long it lasts.")
    if form.get("reason", "") not in {reason.value for reason in Reason}:
        faults["reason"] = _("Choose the reason: the member reads it.")
    if len(form.get("message", "")) > 4000:
        faults["message"] = _("Please keep to %(high)s characters.", high=4000)
    if faults:
        raise Invalid(fields=faults)
    return SanctionDraft(SanctionKind(kind), int(hours), Reason(form["reason"]), form.get("message", ""))
