"""The form of a report: period, what people add to the figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from common.errors import Invalid
from common.i18n import _
from moderation.transparency.counting import BY_HAND
from moderation.transparency.models import ReportKind
from moderation.transparency.publishing import Words
from moderation.transparency.rules import Period, half_year, year

MOST = 10**12


def read_report(form: Mapping[str, str], today: date) -> tuple[ReportKind, Period, Words]:
    """What is to be published. Raises :class:`Invalid` with a sentence per field."""
    kind = form.get("kind", "")
    if kind not in {one.value for one in ReportKind}:
        raise Invalid(fields={"kind": _("Choose a report.")})
    by_hand, faults = {}, {}
    for name in BY_HAND:
        written = form.get(name, "").strip().replace("\u202f", "").replace(" ", "")
        if not written:
            continue
        if not (written.isascii() and written.isdigit()) or int(written[:13]) > MOST:
            faults[name] = _("Write a whole number.")
        else:
            by_hand[name] = int(written[:13])
    if faults:
        raise Invalid(fields=faults)
    chosen, asked = ReportKind(kind), form.get("year", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year - 1
    period = half_year(today) if chosen is ReportKind.RECIPIENTS else year(max(2020, number))
    return chosen, period, Words(form.get("summary_fr", ""), form.get("summary_en", ""), by_hand)
