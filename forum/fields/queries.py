"""Reads of fields; all of them are remembered for half a minute, since every ask page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from common.db import db
from common.i18n import language
from forum.browsing.queries import remember
from forum.fields.models import CategoryField
from forum.fields.rules import Field, FieldKind, asked_in, facts


def all_fields() -> tuple[Field, ...]:
    """Every field, retired ones too, in their order."""
    return remember("fields", _read)


def _read() -> tuple[Field, ...]:
    table = CategoryField.__table__
    query = select(table).order_by(table.c.position, table.c.id)
    return tuple(
        Field(
            row.id, row.category_id, row.label_fr, row.label_en, row.hint_fr, row.hint_en, FieldKind(row.kind),
            row.required, row.limit, tuple((fr, en) for fr, en in row.choices), row.active,
            row.position,
        )
        for row in db.session.execute(query)
    )  # fmt: skip


def fields_of(category_id: int | None) -> tuple[Field, ...]:
    """What a category asks."""
    return asked_in(all_fields(), category_id)


def facts_of(kept: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """(label, value) of what a question keeps, in the reader's language."""
    return facts({field.id: field for field in all_fields()}, kept, language()) if kept else ()
