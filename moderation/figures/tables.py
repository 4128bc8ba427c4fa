"""The figures and their lists as tables for spreadsheets."""

from __future__ import annotations

import csv
import io

from common.i18n import _, number
from common.lists import Page
from moderation.dashboard.exports import plain
from moderation.figures.lists import Line
from moderation.figures.queries import Overview
from moderation.review import wording

MOST_LINES = 10_000


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


def list_as_csv(found: Page[Line]) -> str:
    """A list; where it is cut off, its last line says so."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = (_("Item"), _("Text"), _("What"), _("Class"), _("When"), _("Minutes waited"), _("Late"), _("Decision"), _("By"))  # fmt: skip
    writer.writerow([str(head) for head in heads])
    for one in found.items:
        made = [str(wording.decided(one.decision))] if one.decision else []
        writer.writerow(
            [
                plain(cell)
                for cell in (
                    one.item_id, one.post_id, one.what, one.klass, one.at.isoformat(timespec="seconds"),
                    None if one.minutes is None else round(one.minutes), _("Late") if one.is_late else "",
                    " · ".join(made + ([str(one.more)] if one.more else [])), one.who.name if one.who else "",
                )
            ]
        )  # fmt: skip
    if found.next:
        writer.writerow([str(_("Only %(count)s lines stand here: choose a shorter period.", count=number(len(found.items))))])  # fmt: skip
    return "\ufeff" + out.getvalue()


NOTHING = ""


def _part(writer, heads) -> None:
    writer.writerow([])
    writer.writerow([str(head) for head in heads])
