"""The form of a legal hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.retention.models import HoldKind
from common.errors import Invalid
from common.i18n import Sentence, _, day_begins


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A hold as it was sent; it lasts to the end of the day named."""

    kind: HoldKind
    target_id: int
    reason: str
    until: datetime


def read_hold(form: Mapping[str, str]) -> HoldDraft:
    """The hold of a form."""
    faults: dict[str, Sentence | str] = {}
    kind = form.get("kind", "")
    if kind not in set(HoldKind):
        faults["kind"] = _("Choose what is held.")
    number = form.get("target_id", "").strip()
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        faults["target_id"] = _("There is nothing of this number.")
    try:
        until = day_begins(date.fromisoformat(form.get("until", "")[:10]) + timedelta(days=1))
    except (ValueError, OverflowError):
        faults["until"] = _("Choose a day within the next ten years.")
    if faults:
        raise Invalid(fields=faults)
    return HoldDraft(HoldKind(kind), int(number), form.get("reason", ""), until)
