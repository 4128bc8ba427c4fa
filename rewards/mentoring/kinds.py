"""The kinds of news of mentoring."""

from __future__ import annotations

from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import Sentence, _, language

Params = dict[str, Any]


def _asked(_params: Params) -> Sentence:
    return _("A member would like a mentor. If you feel like it, have a look.")


def _offered(_params: Params) -> Sentence:
    return _("A mentor offers to accompany you. You decide, and a no costs nothing.")


def _begun(_params: Params) -> Sentence:
    return _("Your mentoring has begun: you see the same page now, and can write to each other.")


def _ended(_params: Params) -> Sentence:
    return _("Your mentoring has ended. Thank you for the time you shared.")


def _to_board(_params: Params) -> str:
    return f"/{language()}/mentoring"


def _to_pair(params: Params) -> str:
    return f"/{language()}/mentoring/{params['member']}"


def register_all() -> None:
    """Make them known; called once by the package."""
    about: dict[str, Any] = {"event": "account", "is_content": False}
    register(Kind("mentoring-asked", _asked, _to_board, **about))
    register(Kind("mentoring-offered", _offered, _to_board, **about))
    register(Kind("mentoring-begun", _begun, _to_pair, **about))
    register(Kind("mentoring-ended", _ended, _to_board, **about))
