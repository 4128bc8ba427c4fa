"""What a question's page says about what is new to its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from forum.positions.rules import LOOKED_AT, Unread, seen_until
from forum.thread.snapshot import Reading


@dataclass(frozen=True, slots=True)
class News:
    """How much is new since the last visit, where it begins, and how far the page has read it for the reader."""

    count: int
    more: bool
    first: str
    until: datetime | None


def news_of(reading: Reading, shown: frozenset[int] | None = None) -> News | None:
    """For the page's template; None for visitors, who have no last visit. ``shown``: the texts on the page."""
    if not reading.actor.signed_in:
        return None
    own, thread = reading.own, reading.thread
    texts = thread.texts if shown is None else shown
    until = seen_until(own.seen_at, own.unread, texts, thread.head.active_at)
    first = _place(own.unread[0], texts) if own.unread else ""
    return News(len(own.unread), len(own.unread) >= LOOKED_AT, first, until)


def _place(one: Unread, shown: frozenset[int]) -> str:
    """The way to a text: on this page its place, elsewhere its short address."""
    if one.id in shown:
        return f"#c-{one.id}" if one.parent_id else f"#a-{one.id}"
    return url_for("short.answer", id=one.id)
