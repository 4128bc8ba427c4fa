"""From a mask to the person, and back. Nothing here is shown to members; the desk asks :func:`person_behind`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from accounts.masks.models import Mask
from common.db import db


def masks_of(person_id: int) -> frozenset[int]:
    """The masks a member wears: those that were not lifted."""
    mine = (Mask.person_id == person_id, Mask.lifted_at.is_(None))
    return frozenset(db.session.scalars(select(Mask.member_id).where(*mine)))


def persons_behind(member_ids: Iterable[int | None]) -> dict[int, int]:
    """The persons behind those of these members that are masks with somebody behind them, in one statement."""
    wanted = {one for one in member_ids if one is not None}
    if not wanted:
        return {}
    query = select(Mask.member_id, Mask.person_id).where(Mask.member_id.in_(wanted))
    return {mask: person for mask, person in db.session.execute(query) if person is not None}


def person_behind(member_id: int | None) -> int | None:
    """The person a member is: the one behind a mask, else the member."""
    return persons_behind([member_id]).get(member_id, member_id) if member_id is not None else None


def person_of(column: Any) -> ColumnElement[Any]:
    """The same for a column, inside a statement."""
    behind = select(Mask.person_id).where(Mask.member_id == column).correlate_except(Mask).scalar_subquery()
    return func.coalesce(behind, column)


def is_of(column: Any, *person_ids: int) -> ColumnElement[bool]:
    """The criterion that a column names one of these persons, under their name or a mask."""
    masks = select(Mask.member_id).where(Mask.person_id.in_(person_ids))
    return or_(column.in_(person_ids), column.in_(masks))
