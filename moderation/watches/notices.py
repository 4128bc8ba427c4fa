"""A watch tells what it found: on the site, and by mail as it was wished. Some in an hour, then one that says there is more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell_many
from common.i18n import Sentence, _
from moderation.watches.models import SavedWatch
from moderation.watches.rules import WatchMail

EVERYBODY = 200
_TEAM = (Role.MODERATOR, Role.MANAGER, Role.ADMIN)


def _found(params: dict[str, Any]) -> Sentence:
    if not params.get("title"):
        return _("A watch found a new text.")
    return _("A watch found something in “%(title)s”.", title=params["title"])


def _more(params: dict[str, Any]) -> Sentence:
    return _("A watch found more this hour than it tells one by one. The list has everything.")


def _place(params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "watches.show", {"id": params["watch_id"]}


def register_all() -> None:
    """Make the news known; called once by the package."""
    common: dict[str, Any] = {
        "always": True,
        "event": "account",
        "is_content": False,
        "button": _("Open the watch"),
    }
    for how in WatchMail:
        register(Kind(f"watch-{how}", _found, _place, mail=how, **common))
        register(Kind(f"watch-{how}-more", _more, _place, mail=how, **common))


def listeners(watch: SavedWatch) -> list[int]:
    """Who hears of what a watch finds: of those who may listen now, everybody or its owner."""
    return [one for one in staff_ids(*_TEAM) if watch.for_team or one == watch.owner_id][:EVERYBODY]


def tell(watch: SavedWatch, matches: Iterable[Any], room: int, hour: datetime) -> None:
    """Tell of new matches, ``room`` of them one by one and of the rest once an hour, inside the unit of work."""
    members = listeners(watch)
    news = {member_id: {"watch_id": watch.id} for member_id in members}
    for number, match in enumerate(matches):
        if number >= room:
            tell_many(news, f"watch-{watch.mail}-more", f"watch-more:{watch.id}:{hour:%Y%m%d%H}")
            return
        tell_many(news, f"watch-{watch.mail}", f"watch:{match.id}", match.question_id, match.post_id)
