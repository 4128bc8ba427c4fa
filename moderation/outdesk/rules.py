"""What an outside desk may say about a case. Pure. Source: domain/escalation.md §C3 (external systems)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

REFERENCE_HIGH, NOTE_HIGH, KEY_HIGH = 80, 500, 80
_REFERENCE = re.compile(r"[\w][\w .:/#\-]{0,79}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,79}")


class Stand(StrEnum):
    """Where a case stands at the outside desk."""

    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RETURNED = "returned"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Told:
    """What a program says. ``version``: of the case, as the program saw it last."""

    stand: Stand
    version: int
    reference: str
    note: str = ""


def read_told(sent: Any) -> Told | list[str]:
    """What was sent, or the names of the fields that do not fit."""
    if not isinstance(sent, Mapping):
        return ["body"]
    stand = next((one for one in Stand if one.value == sent.get("state")), None)
    version, reference, note = sent.get("version"), sent.get("reference"), sent.get("note", "")
    wrong = [] if stand else ["state"]
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31:
        wrong.append("version")
    if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
        wrong.append("reference")
    if not isinstance(note, str) or len(note) > NOTE_HIGH:
        wrong.append("note")
    if wrong or stand is None:
        return wrong
    return Told(stand, int(version or 0), str(reference), str(note))


def is_key(key: str) -> bool:
    """Whether an ``Idempotency-Key`` has the form of one."""
    return _KEY.fullmatch(key) is not None
