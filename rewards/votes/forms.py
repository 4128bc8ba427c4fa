"""Forms of votes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from common.errors import Invalid
from common.i18n import _, day_begins
from rewards.votes.rules import REMARK_MOST, Choice


def read_end(form: Mapping[str, str]) -> datetime:
    """The end of the last day."""
    try:
        return day_begins(date.fromisoformat(form.get("ends", "")[:10]) + timedelta(days=1))
    except (ValueError, OverflowError):
        raise Invalid(fields={"ends": _("Choose a day.")}) from None


def read_ballot(form: Mapping[str, str]) -> tuple[Choice | None, str]:
    """What a mentor says."""
    named = form.get("choice", "")
    return Choice(named) if named in set(Choice) else None, form.get("remark", "")[: REMARK_MOST + 200]
