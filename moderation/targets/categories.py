"""How the ladder differs from category to category; changed by managers, audited, for new cycles."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from common import audit
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from moderation.calendars.models import WorkCalendar
from moderation.targets.choosing import Manner, as_manner, manner_of
from moderation.targets.models import CategoryLadder
from moderation.targets.permissions import can_change_targets

LOW, HIGH = 0.1, 20.0


def change(actor: Actor, category_id: int, manner: Manner, reason: str) -> None:
    """Go slower or faster in a category, call nobody, count by another calendar. Raises Invalid."""
    require(can_change_targets(actor))
    check(manner, reason)
    with unit_of_work():
        category = db.session.get(Category, category_id)
        if category is None:
            raise NotFound()
        before = manner_of(category_id, category.key)
        if before == manner:
            return
        values: dict[str, Any] = asdict(manner)
        insert_once(CategoryLadder, category_id=category_id, **values)
        update_where(CategoryLadder, CategoryLadder.category_id == category_id, **values)
        audit.write(actor, "targets.category", "category", category_id, asdict(before), values, reason)


def check(manner: Manner, reason: str) -> None:
    """Raises Invalid with a sentence per field: ``factor``, ``reason``, ``calendar``."""
    if not LOW <= manner.factor <= HIGH:
        sentence = _("The factor lies between %(low)s and %(high)s.", low=LOW, high=HIGH)
        raise Invalid(fields={"factor": sentence})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if manner.calendar_id is not None:
        _require_calendar(manner.calendar_id)


def _require_calendar(calendar_id: int) -> None:
    known = select(WorkCalendar.id).where(WorkCalendar.id == calendar_id, WorkCalendar.retired_at.is_(None))
    if db.session.scalar(known) is None:
        raise Invalid(fields={"calendar": _("Choose one of the calendars.")})


def every() -> list[tuple[Category, Manner]]:
    """All categories with how the ladder goes in each."""
    rows = {row.category_id: row for row in db.session.scalars(select(CategoryLadder))}
    categories = db.session.scalars(select(Category).order_by(Category.id))
    return [(one, as_manner(rows.get(one.id), one.key)) for one in categories]
