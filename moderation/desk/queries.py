"""Reads of the desk: the log, and the settings as a page shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select

from accounts.members.queries import cards
from common import settings
from common.audit import AuditEntry
from common.db import db
from common.lists import Page, keyset, page_of

LOG_SIZE = 50


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act."""

    entry: AuditEntry
    who: Any


def log(act: str, actor_id: int | None, after: str | None) -> Page[LogLine]:
    """The audit trail, the newest first; by act (or the part before its dot) and by person."""
    query = select(AuditEntry)
    if act:
        query = query.where(AuditEntry.act.like(f"{act.replace('%', '').replace('_', '')}%"))
    if actor_id is not None:
        query = query.where(AuditEntry.actor_id == actor_id)
    rows = list(db.session.scalars(keyset(query, AuditEntry.at, AuditEntry.id, after, LOG_SIZE)))
    page = page_of(rows, LOG_SIZE, lambda entry: (entry.at, entry.id))
    people = cards({entry.actor_id for entry in page.items})
    lines = [
        LogLine(entry, people[entry.actor_id].name if entry.actor_id else entry.actor_role)
        for entry in page.items
    ]
    return Page(lines, page.next)


@dataclass(frozen=True, slots=True)
class SettingView:
    """A setting with its value as it is typed."""

    definition: settings.Definition
    written: str
    form: str
    is_changed: bool
    shape: str


def sections() -> list[tuple[str, list[SettingView]]]:
    """All settings by section."""
    found = [_view(definition) for definition in settings.definitions()]
    return [(name, list(group)) for name, group in groupby(found, key=lambda view: view.definition.section)]


def _view(definition: settings.Definition) -> SettingView:
    value = settings.get(definition.key)
    shape = shape_of(definition)
    written = (
        "\n".join(map(str, value))
        if shape == "lines"
        else json.dumps(value, ensure_ascii=False, indent=1)
        if shape == "json"
        else str(value)
    )
    return SettingView(
        definition, written, definition.key.replace(".", "-"), value != definition.default, shape
    )


def shape_of(definition: settings.Definition) -> str:
    """How a value is typed: yes/no, a choice, a number, one line, lines, or JSON."""
    kind = type(definition.default)
    if kind is bool:
        return "yesno"
    if definition.choices and kind is not list:
        return "choice"
    if kind in (int, float):
        return "number"
    if kind is list and all(isinstance(one, str) for one in definition.default):
        return "lines"
    return "json" if kind in (list, dict) else "line"
