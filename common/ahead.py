"""What a page will read, brought along by the statement that recognises its reader.

On a database over a wire a statement costs more for its way than for its work. So a page says what it will ask for
(:func:`asks`), the statement of the visit carries that as further columns, and the page finds it where it would have
read it: one statement where there were two or three.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from sqlalchemy import CompoundSelect, String, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from common.direct import Direct, given


class Rows:
    """A statement about one reader, to be read alone or along with the visit.

    ``make`` puts it together from the expressions of the reader's id and role; ``lists`` as in :class:`Direct`.
    """

    def __init__(self, make: Callable[[Any, Any], CompoundSelect[Any]], *lists: str) -> None:
        self.make, self.lists = make, lists
        self._alone = Direct(make(given("me"), given("role")), *lists)

    def column(self, me: Any, role: Any) -> Any:
        """The rows as one column (JSON) of a statement in which ``me`` and ``role`` can be named."""
        found = self.make(me, role).subquery("brought")
        return select(_json_rows(*found.c)).select_from(found).scalar_subquery()

    def of(self, me: int | None, role: str, **values: Any) -> list[Any]:
        """The rows: those that came along, when the same was asked, or read now. Moments may be text."""
        here = _brought.get()
        if here and here.rows is not None and here.member_id == me and here.wanted.rows == (self, values):
            return here.rows
        return self._alone.rows(me=me, role=role, **values)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page will ask for: content versions, and rows with the values they are asked with."""

    versions: tuple[str, ...] = ()
    rows: tuple[Rows, dict[str, Any]] | None = None


NOTHING = Wanted()


@dataclass(slots=True)
class _Brought:
    wanted: Wanted
    member_id: int
    versions: dict[str, int]
    rows: list[Any] | None


_brought: ContextVar[_Brought | None] = ContextVar("brought along", default=None)


def asks(wanted: Callable[..., Wanted]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say what a page will ask for, by its arguments."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.asks = wanted  # type: ignore[attr-defined]
        return view

    return mark


def wanted_now() -> Wanted:
    """What the page in hand will ask for."""
    asked = getattr(current_app.view_functions.get(request.endpoint or ""), "asks", None)
    return asked(**(request.view_args or {})) if asked else NOTHING


def keep(wanted: Wanted, member_id: int, versions: str | None, rows: str | None) -> None:
    """Keep what came along for this request: what changes from here on is seen by the next."""
    found = dict(one.rsplit("=", 1) for one in versions.split(";")) if versions else {}
    _brought.set(
        _Brought(
            wanted,
            member_id,
            {name: int(found.get(name, 0)) for name in wanted.versions},
            json.loads(rows) if rows else [] if wanted.rows else None,
        )
    )


def versions_of(keys: tuple[str, ...]) -> tuple[int, ...] | None:
    """The content versions that came along, or None when one of them did not."""
    here = _brought.get()
    if here is None or any(key not in here.versions for key in keys):
        return None
    return tuple(here.versions[key] for key in keys)


def init_app(app: Flask) -> None:
    """What came along ends with the request."""
    app.teardown_request(_forget)


def _forget(_error: BaseException | None) -> None:
    _brought.set(None)


class _json_rows(FunctionElement[str]):
    """All rows as one JSON list of lists."""

    type = String()
    name = "json_rows"
    inherit_cache = True


@compiles(_json_rows, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kw)}))"


@compiles(_json_rows, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **kw)})) AS TEXT)"
