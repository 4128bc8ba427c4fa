"""Content versions: a number per thing that is shown to visitors, raised by whatever changes it.

A cached page remembers the versions it was made from; asking for them is one small query, so nobody ever sees
a page from before a removal, on any server.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any
from weakref import WeakSet

from sqlalchemy import ColumnElement, Engine, String, bindparam, cast, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from common import ahead
from common.db import Base, db
from common.direct import Direct, given
from common.unit_of_work import gather

SITE = "site"
"""Raised by what shows everywhere: brand, settings, categories, ranks."""
LISTS = "lists"
"""Raised by what changes home, lists and counts: a publication, a removal, a solution."""

REMOVALS = "removals"
"""Raised when something was taken away: pages that name other things beside their own are stale then, at once."""


EVERYBODYS = frozenset({SITE, LISTS, REMOVALS})


class ContentVersion(Base):
    """How often a thing has changed."""

    __tablename__ = "content_version"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


_RAISE = text(
    "INSERT INTO content_version (key, version) VALUES (:key, 1) "
    "ON CONFLICT (key) DO UPDATE SET version = content_version.version + 1"
)


def touch(*keys: str) -> None:
    """Raise the versions of things, inside the open unit of work. Sorted, so that two acts never deadlock.

    What nearly every act raises is raised last of all: whoever has it waits for nobody. The version of one thing is
    raised at once; whoever raises it first is alone with that thing until the end.
    """
    if own := set(keys) - EVERYBODYS:
        _raise(own)
    if shared := EVERYBODYS & set(keys):
        gather(_raise, shared)


def _raise(keys: set[str]) -> None:
    db.session.execute(_RAISE, [{"key": key} for key in sorted(keys)])


def with_them(names: str) -> ColumnElement[str | None]:
    """The versions of the list given under a name, as a column of another direct read; see :mod:`common.ahead`."""
    said = ContentVersion.key + "=" + cast(ContentVersion.version, String)
    return (
        select(func.aggregate_strings(said, ";"))
        .where(ContentVersion.key.in_([given(names)]))
        .scalar_subquery()
    )


def versions(*keys: str, engine: Engine | None = None) -> tuple[int, ...]:
    """The present versions of things (0 where nothing ever changed), in the order asked.

    Asked on every page, so it is a direct read; but where the session already reads, it is read there: beside a
    version newer than the session's view, what was just removed would be kept. An older one does no harm.
    """
    reading = engine is None and db.session.registry.has() and db.session().in_transaction()
    brought = ahead.versions_of(keys) if engine is None and not reading else None
    if brought is not None:
        return brought
    rows = db.session.execute(_IN_SESSION, {"names": keys}) if reading else _DIRECT.rows(engine, names=keys)
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return tuple(found.get(key, 0) for key in keys)


_ALL = select(ContentVersion.key, ContentVersion.version)
_IN_SESSION = _ALL.where(ContentVersion.key.in_(bindparam("names", expanding=True)))
_DIRECT = Direct(_ALL.where(ContentVersion.key.in_([given("names")])), "names")


_shelves: WeakSet[Shelf] = WeakSet()


def forget() -> None:
    """Empty every shelf of this process (tests, after rows were put back)."""
    for shelf in list(_shelves):
        shelf.clear()


class Shelf:
    """A bounded store of finished things in this process, the least used leaving first."""

    def __init__(self, size: int) -> None:
        _shelves.add(self)
        self.size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any | None:
        """What was kept under a key, or None."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Any) -> Any:
        """Keep something; returns it."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return value

    def fetch(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is kept, or what ``make`` makes now."""
        value = self.get(key)
        return self.put(key, make()) if value is None else value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
