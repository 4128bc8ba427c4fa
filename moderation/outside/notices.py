"""Who is told that an outside connection was paused."""

from __future__ import annotations

from typing import Any

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell_many
from common import clock
from common.db import db
from common.i18n import _
from moderation.escalation.casework import lead_ids
from moderation.outside.models import Receiver


def register_kinds() -> None:
    """Make the news known; called once by the package."""
    register(
        Kind(
            "outside-paused",
            lambda p: _(
                "The outside connection “%(name)s” failed for too long and is paused.", name=p["name"]
            ),
            _to_page,
            always=True,
            event="account",
            is_content=False,
            button=_("Open the connection"),
        )
    )


def _to_page(params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "outside.show", {"id": params["receiver_id"]}


def tell_of_pause(receiver_id: int) -> None:
    """Administrators and managers hear of it."""
    name = db.session.get_one(Receiver, receiver_id).name
    told = sorted({*staff_ids(Role.ADMIN), *lead_ids()})
    news = {one: {"receiver_id": receiver_id, "name": name} for one in told}
    tell_many(news, "outside-paused", f"outside-paused:{receiver_id}:{int(clock.now().timestamp())}")
