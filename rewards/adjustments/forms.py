"""A line by hand as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import Invalid
from common.i18n import _
from rewards.ledger.rules import Amounts
from rewards.tables.forms import whole


@dataclass(frozen=True, slots=True)
class AdjustmentDraft:
    """Who gets how much, and why."""

    member: str
    amounts: Amounts
    reason: str
    key: str


def read_adjustment(form: Mapping[str, str]) -> AdjustmentDraft:
    """The form's line. Raises :class:`Invalid` with a sentence per field."""
    faults, both = {}, []
    for name in ("reputation", "spendable"):
        number = whole(form.get(name, "") or "0")
        if number is None:
            faults[name] = _("A whole number is expected here, below zero to take points.")
        both.append(number or 0)
    if faults:
        raise Invalid(fields=faults)
    return AdjustmentDraft(
        form.get("member", ""), Amounts(*both), form.get("reason", ""), form.get("key", "")
    )
