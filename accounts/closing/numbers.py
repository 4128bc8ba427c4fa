"""How long a closed account can be taken back."""

from __future__ import annotations

from datetime import timedelta

from common import settings
from common.i18n import _

settings.define(
    "accounts.closing_days", 14, unit=_("days"), low=0, high=30, guarded=True,
    help=_("How long members may take back that they closed their account, by signing in; then it is erased. 0: at once."),
)  # fmt: skip


def grace() -> timedelta:
    """The time in force; none: erased at once."""
    return timedelta(days=settings.get("accounts.closing_days"))
