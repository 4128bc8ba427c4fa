"""The numbers of routing and assignment that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "escalation.triage_minutes", 30, unit=_("minutes"), low=5, high=1_440,
    help=_("Working minutes within which somebody says where a case belongs that no rule took."),
)  # fmt: skip
settings.define(
    "escalation.unopened_minutes", 30, unit=_("minutes"), low=5, high=1_440,
    help=_("Working minutes after which a case goes back to the queue when the agent it was given to has not opened it."),
)  # fmt: skip
settings.define(
    "escalation.presence_minutes", 30, unit=_("minutes"), low=2, high=1_440,
    help=_("How long somebody counts as present after their last page of the desk; only who is present is given cases."),
)  # fmt: skip


def minutes(name: str) -> timedelta:
    """One of them as a span."""
    return timedelta(minutes=settings.get(f"escalation.{name}_minutes"))
