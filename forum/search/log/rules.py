"""What is kept of a search: folded words without anything that looks like a person's data. Pure.

Nobody's id, address or browser is kept with it: rows are sums of a day. Source: domain/moderation.md §B6 (patterns of
personal data), here drawn wider, since a query that is not kept costs nothing.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

LONGEST = 100
"""Characters of a query that are kept."""
PERIODS = {"7": 7, "30": 30, "90": 90, "365": 365}
"""Choices of the reports: what stands in the address → days."""
LAST_POSITION = 200
LINES = 50
"""Lines of a report's table; the file has more."""
EXPORT_LINES = 5_000


class Report(StrEnum):
    """What the table lists; the first is the default."""

    TOP = "top"
    EMPTY = "empty"
    UNOPENED = "unopened"


_AT = re.compile(r"[@＠]|\b(?:arobase|at)\b.{1,40}\b(?:dot|point|com|fr|net|org)\b", re.I)
_NUMBER = re.compile(r"\+?\d(?:[\s.\-/()]*\d){5,}")
_ACCOUNT = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[\s]*[A-Za-z0-9]{4}){2,}")
_ADDRESS = re.compile(
    r"\b\d{1,4}(?:\s*(?:bis|ter))?[\s,]+(?:rue|avenue|av|bd|boulevard|chemin|allee|allée|impasse|place|route|quai|street|road|lane)\b",
    re.I,
)
_PERSON = re.compile(
    r"\b(?:mr|mrs|ms|mme|mlle|monsieur|madame|mademoiselle|je m['’ ]appelle|my name is|mon nom)\b", re.I
)
_SECRET = re.compile(r"\b(?:mot de passe|mdp|password|passwort|pin code|iban)\b\s*[:=]?\s*\S", re.I)
_SERIAL = re.compile(r"\b(?=[A-Za-z0-9\-]*\d)(?=[A-Za-z0-9\-]*[A-Za-z])[A-Za-z0-9\-]{11,}\b")


def looks_personal(text: str) -> bool:
    """Whether a text holds what may be somebody's: an address, a long number, a name that is announced, a secret."""
    kinds = (_AT, _NUMBER, _ACCOUNT, _ADDRESS, _PERSON, _SECRET, _SERIAL)
    return any(kind.search(text) for kind in kinds)


def kept_text(typed: str, folded: list[str]) -> str:
    """What is kept of a query: its folded words, or nothing at all when it looks personal."""
    if looks_personal(typed):
        return ""
    kept = " ".join(folded)
    return kept if len(kept) <= LONGEST else kept[:LONGEST].rpartition(" ")[0]


def share(part: int, whole: int) -> int | None:
    """Percent, or None where there is nothing to take a share of."""
    return round(100 * part / whole) if whole else None


def days_of(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period, today included."""
    return today - timedelta(days=PERIODS[period] - 1), today
