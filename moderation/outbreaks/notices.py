"""The team hears at once of the same trouble from many people."""

from __future__ import annotations

from typing import Any

from accounts.members.queries import staff_ids
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell_many
from common.i18n import Sentence, _, n_

EVERYBODY = 200
_COMMON: dict[str, Any] = {"always": True, "event": "account", "is_content": False, "urgent": True}


def _suspected(params: dict[str, Any]) -> Sentence:
    return n_(
        "%(count)s person reports the same trouble within %(minutes)s minutes. Is it an incident?",
        "%(count)s people report the same trouble within %(minutes)s minutes. Is it an incident?",
        int(params["people"]), minutes=params["minutes"],
    )  # fmt: skip


def register_all() -> None:
    """Make the alarms known; called once by the package."""
    decide = _("Decide")
    register(
        Kind("incident-suspected", _suspected, lambda p: ("outbreaks.show", {"id": p["suspicion_id"]}), button=decide, **_COMMON)
    )  # fmt: skip


def alarm(suspicion_id: int, people: float, minutes: int) -> None:
    """A suspicion is new."""
    told = {"suspicion_id": suspicion_id, "people": people, "minutes": minutes}
    tell_many(dict.fromkeys(staff_ids()[:EVERYBODY], told), "incident-suspected", f"suspicion:{suspicion_id}")
