""" "Did this answer you?": a yes or a no to a brief, one per member or browser and query, changeable.

A brief carries a signed token that names its query and its sources, so that what is counted was shown. Who said it is
kept as a keyed hash: enough to count once, and it leads to nobody.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, select

from accounts.retention.sweeping import sweep
from common import clock
from common.config import current_config
from common.db import db, insert_once, update_where
from common.i18n import LANGUAGES
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.search.briefs import numbers
from forum.search.briefs.models import BriefBallot, BriefQuery, BriefSource
from forum.search.briefs.rules import MOST_QUOTES, is_unhelpful
from forum.search.log import noting
from forum.search.log.rules import kept_text
from forum.search.words import query_words, shelf_of, stem

TOKEN_SECONDS = 2 * 3600
_KEY = 32


@dataclass(frozen=True, slots=True)
class Shown:
    """The brief that a token stands for."""

    language: str
    key: str
    words: str
    sources: tuple[str, ...]


def key_of(spoken: str, words: Iterable[str]) -> str:
    """What a query is known by: its stems in any order, and the language of the reader."""
    stems = sorted({stem(word, shelf_of(spoken)) for word in words})
    return hashlib.sha256(f"{spoken}:{' '.join(stems)}".encode()).hexdigest()[:_KEY]


def token_of(spoken: str, key: str, typed: str, sources: list[str]) -> str:
    """The token of a brief; of words that look personal none are in it."""
    return _signer().dumps([spoken, key, kept_text(typed, query_words(typed)), sources])


def unhelpful(key: str, sources: Collection[str]) -> set[str]:
    """Those of the sources that answered too few for this query."""
    query = select(BriefSource.source, BriefSource.up, BriefSource.down).where(
        BriefSource.query_key == key, BriefSource.source.in_(sources)
    )
    least = numbers.most_downs()
    return {row.source for row in db.session.execute(query) if is_unhelpful(row.up, row.down, least)}


def vote(actor: Actor, browser: str, token: str, helped: bool) -> bool:
    """Count a yes or a no. False for a token that is none or too old, and for the same said again."""
    shown = _read(token)
    if shown is None:
        return False
    with unit_of_work():
        before = _cast(shown, _ballot(actor, shown.key, browser), helped)
        if before is None:
            return False
        _enter(shown, helped, 1, shown.sources)
        if before:
            _enter(shown, not helped, -1, before)
    noting.count("brief:up" if helped else "brief:down", shown.language)
    return True


def forget_old(days: int) -> None:
    """What was said of a query that nobody judged for so many days."""
    before = clock.now() - timedelta(days=days)
    with unit_of_work():
        old = select(BriefQuery.key).where(BriefQuery.voted_at < before)
        for table in (BriefBallot, BriefSource):
            db.session.execute(delete(table).where(table.query_key.in_(old)))
        sweep("brief-votes", BriefQuery, BriefQuery.voted_at < before)


def _cast(shown: Shown, ballot: str, helped: bool) -> tuple[str, ...] | None:
    """The ballot as it is from now on. None when nothing changes; else the sources that the contrary was said of
    before, none for a first vote."""
    row = {"helped": helped, "sources": list(shown.sources), "said_at": clock.now()}
    if insert_once(BriefBallot, query_key=shown.key, ballot=ballot, **row) is not None:
        return ()
    mine = (BriefBallot.query_key == shown.key, BriefBallot.ballot == ballot)
    before = db.session.scalar(select(BriefBallot.sources).where(*mine).with_for_update())
    if not update_where(BriefBallot, *mine, BriefBallot.helped != helped, **row):
        return None
    return tuple(before or ())


def _enter(shown: Shown, helped: bool, step: int, sources: Iterable[str]) -> None:
    """Add to the sums, in one order; a query that is judged for the first time begins with it."""
    up, down = (step, 0) if helped else (0, step)
    now = {"voted_at": clock.now()}
    _add(BriefQuery, (BriefQuery.key == shown.key,), up, down, {"key": shown.key, "language": shown.language, "words": shown.words, **now}, now)  # fmt: skip
    for source in sorted(sources):
        mine = (BriefSource.query_key == shown.key, BriefSource.source == source)
        _add(BriefSource, mine, up, down, {"query_key": shown.key, "source": source}, {})


def _add(
    table: type[BriefQuery | BriefSource], mine: tuple[object, ...], up: int, down: int, first: Mapping[str, object],
    more: Mapping[str, object],
) -> None:  # fmt: skip
    values = {"up": table.up + up, "down": table.down + down, **more}
    if update_where(table, *mine, **values):
        return
    if insert_once(table, **first, up=max(up, 0), down=max(down, 0)) is None:
        update_where(table, *mine, **values)


def _ballot(actor: Actor, key: str, browser: str) -> str:
    who = f"member:{actor.member_id}" if actor.signed_in else f"browser:{browser}"
    secret = current_config().secret_key.encode()
    return hmac.new(secret, f"brief:{key}:{who}".encode(), hashlib.sha256).hexdigest()[:_KEY]


def _read(token: str) -> Shown | None:
    try:
        spoken, key, words, sources = _signer().loads(token[:1_500], max_age=TOKEN_SECONDS)
    except (BadData, TypeError, ValueError):
        return None
    return Shown(spoken, key, words, tuple(sources[:MOST_QUOTES])) if spoken in LANGUAGES else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_config().secret_key, salt="brief")
