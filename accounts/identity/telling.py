"""Administrators hear of a request, its asker of the answer."""

from __future__ import annotations

from typing import Any

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell, tell_many
from common.i18n import Sentence, _

_COMMON: dict[str, Any] = {"always": True, "event": "account", "is_content": False}


def register_kinds() -> None:
    """Make the news known; called once by the package."""
    asked = _("A judicial request waits for an administrator.")
    register(Kind("legal-access-asked", lambda _p: asked, _place, button=_("Read the request"), **_COMMON))
    register(Kind("legal-access-decided", _decided, _place, button=_("Open the request"), **_COMMON))


def tell_administrators(access_id: int, asker_id: int | None) -> None:
    """Inside the unit of work that asked."""
    news: dict[int, dict[str, Any]] = {one: {} for one in staff_ids(Role.ADMIN) if one != asker_id}
    tell_many(news, "legal-access-asked", f"legal-access:{access_id}")


def tell_asker(member_id: int, access_id: int, granted: bool) -> None:
    """Inside the unit of work that decided."""
    tell(member_id, "legal-access-decided", f"legal-access:{access_id}", granted=granted)


def _place(_params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "legal_access.index", {}


def _decided(params: dict[str, Any]) -> Sentence:
    if params["granted"]:
        return _("Your judicial request was granted: its file can be fetched.")
    return _("Your judicial request was refused.")
