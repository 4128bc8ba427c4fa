"""The statement as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from accounts.members.queries import MemberCard
from common import i18n
from common.i18n import _
from rewards.worth.queries import WorthLine


def as_csv(lines: Iterable[WorthLine], people: Mapping[int | None, MemberCard] | None = None) -> str:
    """A line for each thing; with ``people``, whose it was. A text that would be a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = [_("Date"), _("What"), _("Name"), _("Value"), _("Currency"), _("Reference")]
    writer.writerow([str(head) for head in [*heads, *([_("Member"), _("Number")] if people else [])]])
    for line in lines:
        value = f"{line.minor // 100}.{line.minor % 100:02d}"
        day = i18n.local(line.at).date().isoformat()
        row: list[str | int] = [
            day,
            str(line.source),
            marked(line.title),
            value,
            line.currency,
            marked(line.reference),
        ]
        if people:
            row += [marked(people[line.member_id].name), line.member_id]
        writer.writerow(row)
    return "\ufeff" + out.getvalue()


def marked(value: object) -> str:
    """A value as a cell of a spreadsheet: what would be a formula is marked as text."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
