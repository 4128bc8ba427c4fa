"""The dashboard for spreadsheets and programs: every figure and table of the page, and its lists."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from common.i18n import _, ngettext, number
from common.lists import Page
from moderation.dashboard.listing.known import Lines
from moderation.dashboard.listing.reading import HEADS, Line
from moderation.dashboard.queries import Overview
from moderation.dashboard.wording import Figure, day_of

MOST_LINES = 10_000


def as_csv(shown: Overview) -> str:
    """All figures with their definitions, then every table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = (_("Figure"), _("Value"), _("Unit"), _("Before"), _("Part"), _("Of"), _("Definition"))
    writer.writerow([str(head) for head in heads])
    for one in shown.all_figures:
        part, whole = one.of or ("", "")
        writer.writerow(
            [str(one.label), _blank(one.value), one.unit.value, _blank(one.before), part, whole, str(one.definition)]
        )  # fmt: skip
    for table in shown.tables.values():
        writer.writerow([])
        writer.writerow([str(table.title), str(table.definition)])
        writer.writerow([str(head) for head in table.heads])
        writer.writerows([[plain(cell) for cell in row] for row in table.rows])
    return "\ufeff" + out.getvalue()


def as_json(shown: Overview) -> dict[str, Any]:
    """The same for programs: shares are parts of one, times are seconds."""
    return {
        "from": day_of(shown.span.first).isoformat(), "to": day_of(shown.span.last).isoformat(),
        "category": shown.scope.category_id, "language": shown.scope.language,
        "counted_at": shown.counted.counted_at.isoformat() if shown.counted else None,
        "figures": {one.name: _figure(one) for one in shown.all_figures},
        "tables": {
            name: {
                "title": str(table.title), "definition": str(table.definition), "columns": [str(head) for head in table.heads],
                "units": ["label", *(unit.value for unit in table.units)], "rows": [[_json(cell) for cell in row] for row in table.rows],
                "lists": list(table.whats),
            }
            for name, table in shown.tables.items()
        },
    }  # fmt: skip


def _figure(one: Figure) -> dict[str, Any]:
    part, whole = one.of or (None, None)
    return {
        "label": str(one.label), "value": one.value, "unit": one.unit.value, "before": one.before, "part": part,
        "of": whole, "between": one.span, "list": one.what or None, "lines": one.lines if one.what else None, "definition": str(one.definition),
    }  # fmt: skip


def list_as_csv(found: Page[Line], lines: Lines) -> str:
    """A list; where it is cut off, its last line says so."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    what, place, when, *times = HEADS[lines]
    writer.writerow([str(one) for one in (_("Number"), what, place, when, *(_("%(what)s, seconds", what=one) for one in times))])  # fmt: skip
    for one in found.items:
        writer.writerow([one.id, plain(one.title), plain(one.category), one.at.isoformat(), *map(_blank, one.seconds)])  # fmt: skip
    if found.next:
        writer.writerow([str(ngettext("Only the latest line stands here: choose a shorter period, a category or a language.", "Only the latest %(count)s lines stand here: choose a shorter period, a category or a language.", len(found.items)) % {"count": number(len(found.items))})])  # fmt: skip
    return "\ufeff" + out.getvalue()


def list_as_json(found: Page[Line], lines: Lines, count: int) -> dict[str, Any]:
    """The same for programs; ``count`` is that of the whole list."""
    heads = [str(head) for head in HEADS[lines][3:]]
    return {
        "count": count, "complete": found.next is None,
        "lines": [
            {
                "id": one.id, "title": str(one.title), "category": one.category, "at": one.at.isoformat(),
                "seconds": dict(zip(heads, one.seconds, strict=True)),
            }
            for one in found.items
        ],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, (int, float, date)) or value is None:
        return _blank(value)
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _blank(value: Any) -> Any:
    if value is None:
        return ""
    return round(value, 4) if isinstance(value, float) else value


def _json(value: Any) -> Any:
    return value if isinstance(value, (int, float)) or value is None else value.isoformat() if isinstance(value, date) else str(value)  # fmt: skip
