"""A way back in a letter of news: the package above that knows what news is about fills this port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common.i18n import Sentence


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where a reply to the letter goes, what becomes of it, and the text it would answer."""

    address: str
    hint: Sentence
    text: str = ""


Find = Callable[[Member, Notification], WayBack | None]
_find: list[Find] = []


def set_way_back(find: Find) -> None:
    """Fill the port."""
    _find[:] = [find]


def way_back(member: Member, row: Notification) -> WayBack | None:
    """The way back from a letter about this news; None where nobody reads replies."""
    return _find[0](member, row) if _find else None
