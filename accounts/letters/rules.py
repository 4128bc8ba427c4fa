"""What a text of a letter may be. Pure. A value stands as ``{name}``; nothing else in braces means anything."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

SUBJECT_MAX, BODY_MAX, BUTTON_MAX, REASON_MAX = 150, 4_000, 60, 200
_BRACES = re.compile(r"\{([^{}\n]{0,40})\}|[{}]")
_KNOWN = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A letter's words: subject, body (a blank line between paragraphs), the button's label."""

    subject: str
    body: str
    button: str


class Fault(StrEnum):
    """What is wrong with a field."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"
    BRACE = "brace"
    MISSING = "missing"


def values_in(text: str) -> list[str]:
    """The names that stand in braces, each once, in order."""
    return list(dict.fromkeys(found[1] for found in _BRACES.finditer(text) if found[1] is not None))


def faults(
    text: Text, allowed: Collection[str], needed: Collection[str], has_button: bool
) -> dict[str, tuple[Fault, str]]:
    """For each field that will not do: what is wrong, and the word it is about."""
    found = {}
    for field, most in (("subject", SUBJECT_MAX), ("body", BODY_MAX), ("button", BUTTON_MAX)):
        if field == "button" and not has_button:
            continue
        if fault := _fault(getattr(text, field), most, allowed):
            found[field] = fault
    missing = [name for name in needed if name not in values_in(text.body)]
    if missing and "body" not in found:
        found["body"] = (Fault.MISSING, missing[0])
    return found


def _fault(words: str, most: int, allowed: Collection[str]) -> tuple[Fault, str] | None:
    if not words.strip():
        return Fault.EMPTY, ""
    if len(words) > most:
        return Fault.TOO_LONG, str(most)
    for found in _BRACES.finditer(words):
        if found[1] is None:
            return Fault.BRACE, found[0]
        if not _KNOWN.fullmatch(found[1]) or found[1] not in allowed:
            return Fault.UNKNOWN, found[0]
    return None
