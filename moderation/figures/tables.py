"""The figures as a table for spreadsheets."""

from __future__ import annotations

import csv
import io

from common.i18n import _
from moderation.figures.queries import Overview


def as_csv(shown: Overview) -> str:
    """All figures with their definitions, then the classes, the hours and the days."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([str(_("Figure")), str(_("Value")), str(_("Definition"))])
    for one in shown.figures:
        writer.writerow([str(one.label), one.value, str(one.definition)])
    heads = (
        _("Class"),
        _("Waiting"),
        _("Late"),
        _("Decided"),
        _("Half within, minutes"),
        _("Nine in ten within, minutes"),
    )
    _part(writer, heads)
    for row in shown.classes:
        took = [NOTHING if one is None else round(one / 60) for one in (row.times.p50, row.times.p90)]
        writer.writerow([str(row.label), row.waiting.count, row.waiting.late, row.times.count, *took])
    for head, chart in ((_("Hour"), shown.day), (_("Day"), shown.period)):
        _part(writer, (head, _("Came in"), _("Decided")))
        writer.writerows(zip(chart.labels, chart.came, chart.decided, strict=True))
    return "\ufeff" + out.getvalue()


NOTHING = ""


def _part(writer, heads) -> None:
    writer.writerow([])
    writer.writerow([str(head) for head in heads])
