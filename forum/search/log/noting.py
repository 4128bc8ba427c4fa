"""Counting searches in this process. Nothing is written while somebody waits; a crash loses a minute at most.

A result's link carries a signed token that names the query, so that opening it can be counted without knowing who
opened it; the same search again by the same person within ten minutes, and the same link again, count once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from datetime import date
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from common import clock, limits
from common.config import current_config
from common.db import insert_once, update_where
from common.errors import TooMany
from common.i18n import LANGUAGES, language, local
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.search.log import numbers
from forum.search.log.models import SearchCount, SearchDay
from forum.search.log.rules import LAST_POSITION, kept_text
from forum.search.words import words
from forum.tallies import Tally

TOKEN_SECONDS = 2 * 3600
_KIND_LONGEST = 40

_searches = Tally()
_counts = Tally()


def note_search(actor: Actor, visitor: str, typed: str, total: int, is_name: bool = False) -> str:
    """Somebody searched. Returns the token for the links of its results; empty when nothing is counted.

    The team's own searches are left out. ``visitor`` tells visitors apart for ten minutes, and is kept nowhere; the
    words of ``is_name``, somebody's public name, are not kept either.
    """
    folded = [word for _start, _end, word in words(typed)]
    if not numbers.is_on() or actor.is_staff or not folded:
        return ""
    query = "" if is_name else kept_text(typed, folded)
    if _first("search", f"{actor.member_id or visitor}:{' '.join(folded)}", "1 per 10 minutes"):
        _note(query, asked=1, empty=int(total == 0))
    return _signer().dumps([language(), query, secrets.token_urlsafe(6)])


def note_opened(token: str, position: int) -> bool:
    """A result was opened. False for a token that is none or too old, and the second time."""
    known = _read(token)
    if (
        known is None
        or not 1 <= position <= LAST_POSITION
        or not _first("search-opened", f"{known[2]}:{position}", "1/day")
    ):
        return False
    _note(known[1], known[0], opened=1, position_sum=position)
    count(f"opened:{position:03}", known[0])
    return True


def note_solved(token: str) -> bool:
    """Somebody said that the solution put forward was enough."""
    known = _read(token)
    if known is None or not _first("search-solved", known[2], "1/day"):
        return False
    _note(known[1], known[0], solved=1)
    return True


def count(kind: str, spoken: str | None = None, times: int = 1) -> None:
    """Count anything by day and language: ``count("suggestion:shown")``."""
    if numbers.is_on():
        _counts.note((_today(), spoken if spoken in LANGUAGES else language(), kind[:_KIND_LONGEST]), times)


def write_down_if_due() -> None:
    """For servers whose worker is another process."""
    if _searches.is_due() or _counts.is_due():
        write_down()


def write_down() -> None:
    """Add what was counted to the sums, in one order, so that two processes never wait for each other in a ring."""
    rows: dict[tuple[date, str, str], dict[str, int]] = defaultdict(dict)
    for (day, spoken, query, what), times in _searches.take(2_000).items():
        rows[day, spoken, query][what] = times
    counts = _counts.take()
    if not rows and not counts:
        return
    with unit_of_work():
        for day, spoken, query in sorted(rows):
            _add(SearchDay, {"day": day, "language": spoken, "query": query}, rows[day, spoken, query])
        for (day, spoken, kind), times in sorted(counts.items()):
            _add(SearchCount, {"day": day, "language": spoken, "kind": kind}, {"times": times})


def forget() -> None:
    """Drop what is not written down yet (tests)."""
    _searches.clear()
    _counts.clear()


def _note(query: str, spoken: str | None = None, **times: int) -> None:
    for what, number in times.items():
        if number:
            _searches.note((_today(), spoken or language(), query, what), number)


def _add(table: Any, key: dict[str, Any], times: dict[str, int]) -> None:
    place = [getattr(table, name) == value for name, value in key.items()]
    more = {name: getattr(table, name) + number for name, number in times.items()}
    if not update_where(table, *place, **more) and insert_once(table, **key, **times) is None:
        update_where(table, *place, **more)


def _first(scope: str, key: str, rate: str) -> bool:
    """Whether this is the first time within the window; what is compared is a hash."""
    try:
        limits.hit(scope, hashlib.sha256(key.encode()).hexdigest()[:32], rate)
    except TooMany:
        return False
    return True


def _read(token: str) -> tuple[str, str, str] | None:
    try:
        spoken, query, nonce = _signer().loads(token[:600], max_age=TOKEN_SECONDS)
    except (BadData, TypeError, ValueError):
        return None
    return (spoken, query, nonce) if spoken in LANGUAGES else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_config().secret_key, salt="search")


def _today() -> date:
    return local(clock.now()).date()
