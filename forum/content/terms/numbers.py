"""The numbers of the charter and the terms."""

from __future__ import annotations

from datetime import datetime, timedelta

from common import settings
from common.i18n import _

settings.define(
    "terms.notice_days", 15, unit=_("days"), low=1, high=90,
    help=_("How long before a significant change of the charter or the terms members are told."),
)  # fmt: skip
settings.define(
    "terms.required", [], guarded=True,
    help=_("Versions that members accept at their next visit, as the page of the charter writes them."),
)  # fmt: skip


def notice() -> timedelta:
    """From the notice to the day a significant change is in force."""
    return timedelta(days=settings.get("terms.notice_days"))


def required_at(moment: datetime) -> dict[str, int]:
    """For each document the version a member must have accepted at a moment; nothing where no change was significant."""
    found: dict[str, int] = {}
    for line in settings.get("terms.required"):
        document, number, since = line.split()
        if datetime.fromisoformat(since) <= moment:
            found[document] = max(found.get(document, 0), int(number))
    return found


def required_line(document: str, number: int, since: datetime) -> str:
    """How the setting writes it."""
    return f"{document} {number} {since.isoformat()}"
