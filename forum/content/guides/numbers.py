"""The numbers of guides that staff may change."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "forum.guide_check_days", 180, unit="days", low=7, high=1_500,
    help=_("How long an official guide counts as checked before it has to be looked at again."),
)  # fmt: skip


def check_after() -> timedelta:
    """How long a check holds."""
    return timedelta(days=settings.get("forum.guide_check_days"))
