"""What accounts do about facts; the table is at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts import events, leaving
from common.unit_of_work import subscribe

HANDLERS: dict[type, tuple[Callable[[Any], None], ...]] = {
    events.MemberClosed: (leaving.forget,),
}


def subscribe_all() -> None:
    """Put the table in force; called once by the package."""
    for fact, handlers in HANDLERS.items():
        for handler in handlers:
            subscribe(fact, handler)
