"""Restrictions and what is owed for them: the six parts of a statement, terms of appeal. Pure.

Source: domain/moderation.md §B4, §B6 (Regulation (EU) 2022/2065, articles 17 and 20).
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Measure(StrEnum):
    """What was restricted."""

    REJECTED = "rejected"
    EDIT_REJECTED = "edit_rejected"
    HIDDEN = "hidden"
    REMOVED = "removed"
    SILENCED = "silenced"
    SUSPENDED = "suspended"


ACCOUNT_MEASURES = frozenset({Measure.SILENCED, Measure.SUSPENDED})


class SanctionKind(StrEnum):
    """Measures against an account."""

    SILENCE = "silence"
    SUSPENSION = "suspension"


class SanctionState(StrEnum):
    """Where a sanction stands; an active one ends by itself when its time is over."""

    ACTIVE = "active"
    LIFTED = "lifted"
    OVERTURNED = "overturned"


class AppealState(StrEnum):
    """Where an appeal stands."""

    SUBMITTED = "submitted"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


class Exemption(StrEnum):
    """When no statement is owed (article 17, paragraphs 2 and 5)."""

    NO_CONTACT = "no_contact"
    DECEPTIVE_COMMERCIAL = "deceptive_commercial"
    AUTHORITY_ORDER = "authority_order"


class End(StrEnum):
    """How a restriction ended before its time; at most one per statement."""

    UNDONE = "undone"
    RESTORED = "restored"
    LIFTED = "lifted"
    OVERTURNED = "overturned"


PARTS = ("measure", "scope", "facts", "automation", "ground", "redress")
"""The six parts of a statement of reasons."""

APPEAL_MONTHS = 6
APPEAL_LENGTH = (20, 2000)
SANCTION_HOURS = {SanctionKind.SILENCE: (24, 72, 168), SanctionKind.SUSPENSION: (168, 720)}
"""The durations offered, in hours (domain/moderation.md §B4)."""


def missing_parts(parts: Mapping[str, object]) -> list[str]:
    """Which of the six parts are absent or empty."""
    return [name for name in PARTS if not str(parts.get(name) or "").strip()]


def appeal_until(told_at: datetime, months: int = APPEAL_MONTHS) -> datetime:
    """The last moment to appeal: the same day so many months later, or that month's last day."""
    month = told_at.month - 1 + months
    year, month = told_at.year + month // 12, month % 12 + 1
    return told_at.replace(year=year, month=month, day=min(told_at.day, monthrange(year, month)[1]))


def may_still_appeal(told_at: datetime, at: datetime, months: int = APPEAL_MONTHS) -> bool:
    """Whether an appeal is possible at this moment."""
    return at < appeal_until(told_at, months)


def sanction_until(at: datetime, hours: int) -> datetime:
    """When a measure of so many hours ends."""
    return at + timedelta(hours=hours)


def measure_of(kind: SanctionKind) -> Measure:
    """The measure a sanction is called in its statement."""
    return Measure.SILENCED if kind == SanctionKind.SILENCE else Measure.SUSPENDED
