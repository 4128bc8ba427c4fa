"""What the desk's forms send, read into what the verbs take."""

from __future__ import annotations

from common.errors import Invalid
from common.i18n import _
from moderation.escalation.rules import HandBackReason, Priority


def number(value: str | None) -> int:
    """A whole number of a form; 0 when there is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else 0


def hand_back_reason(value: str | None) -> HandBackReason:
    """A reason to hand back. Raises Invalid."""
    try:
        return HandBackReason(value or "")
    except ValueError:
        raise Invalid(fields={"reason": _("Choose a reason.")}) from None


def priority(value: str | None) -> Priority:
    """A priority. Raises Invalid."""
    try:
        return Priority(value or "")
    except ValueError:
        raise Invalid(fields={"priority": _("Choose a priority.")}) from None
