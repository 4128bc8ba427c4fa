"""The form of an outside connection."""

from __future__ import annotations

from typing import Any

from moderation.outside.models import Receiver
from moderation.outside.rules import ADDRESS_HIGH, chosen_kinds
from moderation.outside.steering import Draft


def draft(form: Any) -> Draft:
    """What was typed."""
    return Draft(
        form.get("name", "")[:200],
        form.get("address", "").strip()[: ADDRESS_HIGH + 1],
        chosen_kinds(form.getlist("kinds")),
    )


def draft_of(row: Receiver) -> Draft:
    """A receiver as its form shows it."""
    return Draft(row.name, row.address, row.kinds)
