"""What an archive is made of: each package contributes its tables, and says why a column is left out.

A test walks all columns that name a member: one that is in no part and has no reason fails it. What is another
person's alone stays out: who reported, what the team wrote for itself, names the member does not see on the site.
Source: domain/moderation.md §B6 (GDPR 15, 20).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select, tuple_

from common.db import db
from common.i18n import Sentence

BATCH = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose archive it is. ``ids``: the member and the masks they asked under."""

    member_id: int
    ids: frozenset[int]
    language: str


@dataclass(frozen=True)
class Part:
    """One subject of an archive: a file for programs, pages for people. ``covers``: the columns that name the member."""

    key: str
    title: Sentence
    rows: Callable[[Owner], Iterator[Row]]
    covers: tuple[Any, ...]


@dataclass(frozen=True)
class Contribution:
    """What a package puts into an archive. ``left_out``: columns that name a member, with the reason. ``files``: pictures
    and other files, by the name they get."""

    parts: tuple[Part, ...]
    left_out: Mapping[Any, str] = field(default_factory=dict)
    files: Callable[[Owner], Iterator[tuple[str, Path]]] | None = None

    def columns(self) -> dict[str, str]:
        """Every column as ``table.column``, with the part it is in or the reason why it is in none."""
        found = {_name(column): part.key for part in self.parts for column in part.covers}
        return found | {_name(column): reason for column, reason in self.left_out.items()}


def _name(column: Any) -> str:
    return f"{column.class_.__tablename__}.{column.key}"


_contributions: dict[str, Contribution] = {}


def register(package: str, contribution: Contribution) -> Contribution:
    """Make a package's part known; the same package registered again replaces the former."""
    _contributions[package] = contribution
    return contribution


def registered() -> dict[str, Contribution]:
    """All contributions."""
    return dict(_contributions)


def of_table(key: str, title: Sentence, column: Any, fields: str, *more: Any, **named: Any) -> Part:
    """The rows of a table whose ``column`` names the member. ``fields``: the attributes that go in; ``named``: other
    expressions by name; ``more``: further columns that may name the member instead."""
    model = column.class_
    wanted = {name: getattr(model, name) for name in fields.split()} | named
    covers = (column, *more)

    def rows(owner: Owner) -> Iterator[Row]:
        mine = covers[0].in_(owner.ids)
        for other in more:
            mine = mine | other.in_(owner.ids)
        return pieces(select().where(mine), model, wanted)

    return Part(key, title, rows, covers)


def pieces(query: Any, model: type[Any], wanted: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a query on a table, some hundreds at a time: however many there are, few are held at once."""
    keys = [
        getattr(model, inspect(model).get_property_by_column(one).key) for one in model.__table__.primary_key
    ]
    place = tuple_(*keys) if len(keys) > 1 else keys[0]
    columns = [one.label(name) for name, one in wanted.items()]
    query = query.add_columns(*(one.label(f"_key{n}") for n, one in enumerate(keys)), *columns).order_by(
        *keys
    )
    last: Any = None
    while True:
        following = query if last is None else query.where(place > last)
        found = db.session.execute(following.limit(BATCH)).all()
        db.session.rollback()
        for row in found:
            yield {name: plain(getattr(row, name)) for name in wanted}
        if len(found) < BATCH:
            return
        ends = [getattr(found[-1], f"_key{n}") for n in range(len(keys))]
        last = tuple_(*ends) if len(ends) > 1 else ends[0]


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sentence):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value


def in_hundreds(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in lists of some hundreds."""
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held
