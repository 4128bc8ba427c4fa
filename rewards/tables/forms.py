"""The points table as it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.errors import Invalid
from common.i18n import _
from rewards.ledger.rules import Amounts


@dataclass(frozen=True, slots=True)
class Draft:
    """What a manager typed: every amount, and how long the table runs on trial first."""

    amounts: dict[str, Amounts]
    trial_days: int
    seen: int


def whole(text: str) -> int | None:
    """A whole number as people type it; None for anything else, or for more digits than any rule has."""
    tidy = text.strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    digits = tidy.removeprefix("-").removeprefix("+")
    return int(tidy) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def read_table(form: Mapping[str, str], keys: Iterable[str]) -> Draft:
    """The table of a form; an amount that was not sent stays. Raises :class:`Invalid` with a sentence per field."""
    faults, amounts = {}, {}
    for key in keys:
        both = []
        for part in ("rep", "sp"):
            number = whole(form.get(f"{key}.{part}", ""))
            if number is None:
                faults[f"{key}.{part}"] = _("A whole number is expected here.")
            both.append(number or 0)
        amounts[key] = Amounts(*both)
    days = whole(form.get("trial_days", "0") or "0")
    if days is None:
        faults["trial_days"] = _("A whole number is expected here.")
    if faults:
        raise Invalid(fields=faults)
    return Draft(amounts, days or 0, whole(form.get("seen", "")) or 0)
