"""The news of private messages. A mail never carries the message itself: it is read here, signed in."""

from __future__ import annotations

from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import Sentence, _, n_

Params = dict[str, Any]


def _written(params: Params) -> Sentence:
    who, more = params.get("actor") or _("Somebody"), params.get("count", 1)
    return n_("%(who)s wrote to you.", "%(who)s sent you %(count)s messages.", more, who=who)


def _judged(params: Params) -> Sentence:
    if params.get("outcome") == "removed":
        return _("Thank you: the message you reported was removed.")
    return _("We read the message you reported: it does not break the rules. You can block whoever wrote it.")


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    register(
        Kind(
            "message",
            _written,
            lambda params: ("messages.show", {"id": params["actor_id"]}),
            event="message",
            is_content=False,
            digest=False,
            button=_("Read it"),
        )
    )
    register(
        Kind(
            "message-removed",
            lambda _params: _("A private message of yours was removed: it breaks the community rules."),
            lambda _params: ("pages.charter", {}),
            event="account",
            is_content=False,
            always=True,
        )
    )
    register(
        Kind(
            "message-judged",
            _judged,
            lambda _params: ("messages.index", {}),
            event="account",
            is_content=False,
            always=True,
        )
    )
