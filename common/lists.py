"""Long lists, a part at a time: by the value and id of the last row shown, never by counting rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import and_, or_

Row = TypeVar("Row")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**31 - 1
"""The largest number a column of ids or counts holds; PostgreSQL refuses to compare with more."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A part of a long list; ``next`` is the mark to ask for what follows, or None at the end."""

    items: list[Row]
    next: str | None


def mark(moment: datetime | int, row_id: int) -> str:
    """Where a list stopped, as text for the address."""
    head = (moment - EPOCH) // timedelta(microseconds=1) if isinstance(moment, datetime) else int(moment)
    return f"{head}-{row_id}"


def read_mark(value: str | None) -> tuple[int, int] | None:
    """The mark of an address; None when there is none or it was tampered with."""
    if not value:
        return None
    head, _, tail = value.partition("-") if not value.startswith("-") else ("", "", "")
    if not (value.isascii() and head.isdigit() and tail.isdigit()) or len(head) > 17 or len(tail) > 17:
        return None
    if int(tail) > LARGEST:
        return None
    return int(head), int(tail)


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def keyset(
    query: Any, column: Any, row_id: Any, after: str | None, size: int, by_time: bool = True, oldest_first: bool = False
) -> Any:  # fmt: skip
    """Order a query newest (or largest) first, or the other way round, and start after a mark. Ask for ``size + 1`` rows:
    see :func:`page_of`."""
    at = read_mark(after)
    if at is not None:
        try:
            head = _moment(at[0]) if by_time else min(at[0], LARGEST)
            past, next_ = (column > head, row_id > at[1]) if oldest_first else (column < head, row_id < at[1])
            query = query.where(or_(past, and_(column == head, next_)))
        except OverflowError:
            pass
    order = (column, row_id) if oldest_first else (column.desc(), row_id.desc())
    return query.order_by(*order).limit(size + 1)


def page_of(rows: list[Any], size: int, place: Callable[[Any], tuple[datetime | int, int]]) -> Page[Any]:
    """Cut the extra row off and make the mark of the last one shown. ``place`` gives (ordering value, id)."""
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, mark(*place(rows[-1])) if more and rows else None)
