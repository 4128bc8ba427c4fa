"""When a decision is hasty. Pure. Source: domain/moderation.md §B2.5."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PauseKind(StrEnum):
    """``soft``: several long texts in a row at a glance. ``rest``: a break after long work."""

    SOFT = "soft"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class PauseNumbers:
    """Ten in a row of less than two seconds on more than 200 characters; a break every 90 minutes. 0 is never."""

    in_a_row: int = 10
    seconds: int = 2
    length: int = 200
    wait_seconds: int = 15
    rest_minutes: int = 90
    idle_minutes: int = 15


def is_hasty(seconds: int, length: int, numbers: PauseNumbers) -> bool:
    """Whether a text of this length was decided at a glance."""
    return seconds < numbers.seconds and length > numbers.length
