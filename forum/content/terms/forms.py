"""Forms of the charter and the terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from common.errors import Conflict, Invalid
from common.i18n import _, day_begins
from forum.content.terms.rules import TEXT_MAX, Document
from forum.content.terms.writing import Draft


def read_draft(form: Mapping[str, str]) -> Draft:
    """The next version as it was typed."""

    def typed(name: str) -> str:
        return form.get(name, "")[: TEXT_MAX + 1]

    return Draft(
        typed("text_fr"),
        typed("text_en"),
        typed("changes_fr"),
        typed("changes_en"),
        form.get("significant") == "1",
    )


def read_day(form: Mapping[str, str]) -> datetime:
    """The day from which it is in force."""
    try:
        return day_begins(date.fromisoformat(form.get("effective", "")[:10]))
    except (ValueError, OverflowError):
        raise Invalid(fields={"effective": _("Choose a day.")}) from None


def read_saved(form: Mapping[str, str]) -> datetime:
    """When the draft that was shown was saved."""
    try:
        moment = datetime.fromisoformat(form.get("saved", "")[:40])
    except ValueError:
        raise Conflict() from None
    if moment.tzinfo is None:
        raise Conflict()
    return moment


def read_seen(form: Mapping[str, str]) -> dict[str, int]:
    """The versions that were shown to who accepts them."""
    found = {str(document): form.get(str(document), "") for document in Document}
    return {
        name: int(value)
        for name, value in found.items()
        if value.isascii() and value.isdigit() and len(value) < 8
    }
