"""One act, one transaction: what must agree is committed together, or not at all.

``record`` notes a fact on the way; when the outermost unit of work is left, its handlers run in order inside
the same transaction and may record more. Only this module commits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy.exc import OperationalError

from common.db import db

Handler = Callable[[Any], None]

TURN_SECONDS = 30
_turn = threading.Lock()
"""SQLite lets one write at a time and has the others ask again every so often, so that one may never be lucky under
load: those of one process wait in line instead."""

_handlers: dict[type, list[Handler]] = {}
_pending: ContextVar[deque[Any] | None] = ContextVar("pending_facts", default=None)
_after: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)
Gathered = dict[Callable[[set[str]], None], set[str]]
_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


def subscribe(fact: type, handler: Handler) -> None:
    """Run a handler whenever a fact of this class is recorded. Subscribing twice does nothing more."""
    known = _handlers.setdefault(fact, [])
    if handler not in known:
        known.append(handler)


def handlers_of() -> dict[type, list[Handler]]:
    """Who reacts to what, for `flask facts` and the documentation."""
    return dict(_handlers)


def record(fact: Any) -> None:
    """Note that something happened. Raises ``RuntimeError`` outside a unit of work."""
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("a fact can only be recorded inside a unit of work")
    pending.append(fact)


def after_commit(call: Callable[[], None]) -> None:
    """Run something small (wake the worker, forget a cached page) once the transaction is safe."""
    calls = _after.get()
    if calls is None:
        raise RuntimeError("after_commit needs a unit of work")
    if call not in calls:
        calls.append(call)


def gather(call: Callable[[set[str]], None], names: Iterable[str]) -> None:
    """Collect names for a last statement of the transaction, written once: rows that every act writes are held for a
    moment only, and nobody who has one of them waits for anything else. Outside a unit of work they are written now."""
    gathered = _gathered.get()
    if gathered is None:
        call(set(names))
    else:
        gathered.setdefault(call, set()).update(names)


def in_unit_of_work() -> bool:
    """True inside a unit of work."""
    return _pending.get() is not None


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Open the transaction of an act, or join the one that is open.

    Objects loaded before are expired: load by id what is to be changed. Leaving by an exception rolls
    everything back, facts and their effects included.
    """
    if _pending.get() is not None:
        yield
        return
    session = db.session
    session.rollback()  # ends the read transaction that a page may have opened
    facts: deque[Any] = deque()
    calls: list[Callable[[], None]] = []
    gathered: Gathered = {}
    waited = session.get_bind().dialect.name == "sqlite" and _turn.acquire(timeout=TURN_SECONDS)
    token, after_token, gathered_token = _pending.set(facts), _after.set(calls), _gathered.set(gathered)
    try:
        session.connection(execution_options={"fourmi_writing": True})
        yield
        _react(facts)
        for last, names in gathered.items():
            last(names)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _pending.reset(token)
        _after.reset(after_token)
        _gathered.reset(gathered_token)
        if waited:
            _turn.release()
    for call in calls:
        call()


def _react(facts: deque[Any]) -> None:
    db.session.flush()
    while facts:
        fact = facts.popleft()
        for handler in _handlers.get(type(fact), ()):
            handler(fact)
        db.session.flush()


@contextmanager
def keeping() -> Iterator[None]:
    """Around one unit of work in which many pieces of work follow each other: what none of them changes (teams, rules,
    receivers) is read once for all, where it is asked for with :func:`kept`."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def kept(key: Any, read: Callable[[], Any]) -> Any:
    """What ``read`` reads, or what it read before inside :func:`keeping`. Values, never rows: those are read anew."""
    known = _kept.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return known[key]


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of an act that may fail alone (one bad row of an import, one bad deadline of a sweep)."""
    with db.session.begin_nested():
        yield


def is_busy(error: BaseException) -> bool:
    """True when the database refused for lack of a moment, not for a reason of its own."""
    return isinstance(error, OperationalError) and any(
        word in str(error).lower() for word in ("locked", "deadlock", "could not serialize")
    )
