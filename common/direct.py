"""Direct reads: the few statements that every page asks, over connections of their own.

A session of the ORM costs a page more than the statements it carries: it begins, looks for mapped objects, rolls
back. Here a statement is compiled once and given to the driver; what is committed is seen at once, and nothing is
ever written. Values come as the driver gives them; :func:`moment_of` reads a date.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary, finalize

from sqlalchemy import Engine, event, literal_column
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import CompoundSelect, Select

from common.db import db

_idle: WeakKeyDictionary[Engine, deque[_Reader]] = WeakKeyDictionary()
"""Readers that nobody uses now. They belong to no thread: Python must have nothing to close when one ends, because the
server's threads end outside of it (it would crash the process). They end with their engine: :func:`_idle_of`."""
_first_use = Lock()
listeners: list[Callable[[str], None]] = []
"""Told of every statement, for those who count them."""


def given(name: str) -> Any:
    """A value that is given each time a statement is read, or a list of them inside ``in_([…])``."""
    return literal_column(f":{name}")


class Direct:
    """A SELECT prepared for the driver. What varies in it is :func:`given`; ``lists`` names those that are lists."""

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], *lists: str
    ) -> None:
        self.statement, self.lists = statement, lists
        self._texts: dict[tuple[str, tuple[int, ...]], _Text] = {}

    def rows(self, engine: Engine | None = None, /, **values: Any) -> list[tuple[Any, ...]]:
        """The rows now, from the application's database or the one named. A list must not be empty.

        When the connection is lost, the statement is tried once more on a new one; what the driver says then is
        raised as SQLAlchemy's error.
        """
        engine = engine or db.engine
        on_sqlite = engine.dialect.name == "sqlite"
        form = (engine.dialect.name, tuple([len(values[name]) for name in self.lists]) if on_sqlite else ())
        text = self._texts.get(form) or self._text(engine.dialect, form, values)
        for name in self.lists if on_sqlite else ():  # which knows no lists: each value has a name of its own
            values.update({f"{name}_{number}": one for number, one in enumerate(values.pop(name))})
        given_values = values if on_sqlite else [_for_wire(values[name]) for name in text.names]
        for tell in listeners:
            tell(text.sql)
        driver_error = engine.dialect.loaded_dbapi.Error
        idle = _idle_of(engine)
        try:
            return _read(engine, idle, text.sql, given_values)
        except driver_error:
            _end(idle)  # what one lost, the others have lost too
        try:
            return _read(engine, idle, text.sql, given_values)
        except driver_error as error:
            raise DBAPIError.instance(text.sql, values, error, driver_error) from error

    def _text(self, dialect: Any, form: tuple[str, tuple[int, ...]], values: dict[str, Any]) -> _Text:
        """The statement as this driver takes it: its constants written in, its values by name or by number."""
        sql = " ".join(
            str(self.statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).split()
        )
        names = tuple(values)
        if dialect.name == "sqlite":
            for name, count in zip(self.lists, form[1], strict=True):
                sql = re.sub(rf":{name}\b", ", ".join(f":{name}_{number}" for number in range(count)), sql)
        else:
            for name in self.lists:
                sql = re.sub(rf"IN \(:{name}\)", f"= ANY(:{name})", sql)
            sql = sql.replace(
                "%%", "%"
            )  # doubled for the driver's own way of naming values, which is not used here
            for number, name in enumerate(names, start=1):
                sql = re.sub(rf"(?<!:):{name}\b", f"${number}", sql)
        text = self._texts[form] = _Text(sql, names)
        return text


def _idle_of(engine: Engine) -> deque[_Reader]:
    """The readers of an engine, closed when it is disposed of and, where nobody does so, when it is gone."""
    if (idle := _idle.get(engine)) is not None:
        return idle
    with _first_use:
        if (idle := _idle.get(engine)) is None:
            idle = _idle[engine] = deque()
            event.listen(engine, "engine_disposed", lambda _engine, readers=idle: _end(readers))
            finalize(engine, _end, idle)
    return idle


def _for_wire(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


class _Text(NamedTuple):
    """A statement as its driver takes it, and the names of its values in the order of their numbers."""

    sql: str
    names: tuple[str, ...]


class _Reader:
    """A connection of the driver: every statement stands alone and sees what is committed."""

    def __init__(self, engine: Engine) -> None:
        taken = engine.raw_connection()
        self.connection = cast(Any, taken.driver_connection)
        taken.detach()
        # One cursor for all: a new one for each statement costs as much again.
        if engine.dialect.name == "sqlite":
            self.cursor = self.connection.cursor()
            return
        try:
            self.connection.rollback()
            self.connection.autocommit = True
            # These few go by an index whatever the values: planning them anew each time would cost more than reading.
            self.connection.execute("SET plan_cache_mode = force_generic_plan")
            self.connection.execute("SET enable_seqscan = off")
        except BaseException:
            self.connection.close()
            raise
        self.cursor = engine.dialect.loaded_dbapi.RawCursor(self.connection)


def _read(engine: Engine, idle: deque[_Reader], sql: str, values: Any) -> list[tuple[Any, ...]]:
    """The rows, read by a reader that is free. One that failed is closed."""
    try:
        reader = idle.pop()
    except IndexError:
        reader = _Reader(engine)
    try:
        rows = reader.cursor.execute(sql, values).fetchall()
    except BaseException:
        reader.connection.close()
        raise
    idle.append(reader)
    return rows  # type: ignore[no-any-return]


def _end(idle: deque[_Reader]) -> None:
    """Close the readers that nobody uses now; another thread may take some of them meanwhile."""
    while idle:
        with suppress(IndexError):
            idle.pop().connection.close()


def moment_of(value: Any) -> datetime | None:
    """A moment as the driver gave it: aware already, or SQLite's text."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
