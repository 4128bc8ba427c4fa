"""The address of a report."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.i18n import LANGUAGES, Sentence
from forum.search.log.queries import QueryLine
from forum.search.log.rules import PERIODS, Report


@dataclass(frozen=True, slots=True)
class Wish:
    """What a report is asked for."""

    report: Report = Report.TOP
    period: str = "30"
    language: str = ""


def read_wish(args: Mapping[str, str]) -> Wish:
    """The report of an address; a value that is no choice is the default."""
    report, period, spoken = args.get("report", ""), args.get("period", ""), args.get("language", "")
    return Wish(
        Report(report) if report in list(Report) else Report.TOP,
        period if period in PERIODS else "30",
        spoken if spoken in LANGUAGES else "",
    )


def as_csv(heads: Sequence[Sentence | str], lines: Sequence[QueryLine]) -> str:
    """A table for a spreadsheet; a text that would be a formula there is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(head) for head in heads])
    for line in lines:
        share = "" if line.opened_share is None else line.opened_share
        place = "" if line.position is None else line.position
        writer.writerow([_text(line.words), line.asked, line.empty, line.opened, share, place, line.solved])
    return "\ufeff" + out.getvalue()


def _text(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
