"""The form of a judicial request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.identity.models import REFERENCE_MAX
from accounts.retention.models import REASON_MAX, HoldKind
from common import text
from common.errors import Invalid
from common.i18n import Sentence, _

KINDS = (HoldKind.MEMBER, HoldKind.POST)


@dataclass(frozen=True, slots=True)
class AccessDraft:
    """What is asked, by which authority, under which number, and why."""

    kind: HoldKind
    target_id: int
    reference: str
    authority: str
    reason: str


def read_access(form: Mapping[str, str]) -> AccessDraft:
    """The request of a form. Raises :class:`Invalid` with a sentence per field."""
    kind, number = form.get("kind", ""), form.get("target_id", "").strip()
    faults: dict[str, Sentence | None] = {}
    if kind not in KINDS:
        faults["kind"] = _("Choose what the request is about.")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        faults["target_id"] = _("There is nothing of this number.")
    words = {
        name: " ".join(text.normalise(form.get(name, "")).split())
        for name in ("reference", "authority", "reason")
    }
    for name, low, high in (
        ("reference", 4, REFERENCE_MAX),
        ("authority", 4, 200),
        ("reason", 20, REASON_MAX),
    ):
        if not low <= len(words[name]) <= high:
            faults[name] = _("Between %(low)s and %(high)s characters, please.", low=low, high=high)
    if faults:
        raise Invalid(fields={name: fault for name, fault in faults.items() if fault is not None})
    return AccessDraft(HoldKind(kind), int(number), **words)
