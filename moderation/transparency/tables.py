"""Reports and files as text that programs read."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from moderation.transparency.models import PublishedReport

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_csv(report: PublishedReport) -> str:
    """A report as the template's machine-readable table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("section", "indicator", "scope", "value"))
    head = {
        "Name of the service": report.words.get("service", ""), "Name of the provider": report.words.get("provider", ""),
        "Date of publication": report.published_at.date().isoformat(), "First day": report.first_day.isoformat(),
        "Last day": report.last_day.isoformat(), "Edition": report.edition,
    }  # fmt: skip
    for name, value in head.items():
        writer.writerow(("1.1", name, "", _plain(value)))
    for row in report.rows:
        writer.writerow(tuple(_plain(row[name]) for name in ("section", "indicator", "scope", "value")))
    return out.getvalue()


def _plain(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def file_json(records: list[dict[str, Any]]) -> str:
    """A file of statements as the database's interface takes it."""
    return json.dumps({"statements": records}, ensure_ascii=False, indent=1)
