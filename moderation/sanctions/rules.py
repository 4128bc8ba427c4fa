"""Restrictions and what is owed for them: the six parts of a statement, terms of appeal. Pure.

Source: domain/moderation.md §B4, §B6 (Regulation (EU) 2022/2065, articles 17 and 20).
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Measure(StrEnum):
    """What was restricted."""

    REJECTED = "rejected"
    EDIT_REJECTED = "edit_rejected"
    HIDDEN = "hidden"
    REMOVED = "removed"
    WARNED = "warned"
    SILENCED = "silenced"
    SUSPENDED = "suspended"
    BANNED = "banned"
    COUPON_REVOKED = "coupon_revoked"
    PICTURE_HIDDEN = "picture_hidden"


ACCOUNT_MEASURES = frozenset({Measure.WARNED, Measure.SILENCED, Measure.SUSPENDED, Measure.BANNED})
RESTRICTIONS = frozenset(Measure) - {Measure.WARNED}
"""What the law calls a restriction. A warning takes nothing away, yet it is explained and can be contested the same way."""


class SanctionKind(StrEnum):
    """Measures against an account."""

    WARNING = "warning"
    SILENCE = "silence"
    SUSPENSION = "suspension"
    BAN = "ban"


CLOSING = frozenset({SanctionKind.SUSPENSION, SanctionKind.BAN})
"""Measures that leave an account only what its member must never lose (§B4)."""


class SanctionState(StrEnum):
    """Where a sanction stands: ``proposed → active → expired | lifted | overturned``, or ``proposed → dropped``."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    EXPIRED = "expired"
    LIFTED = "lifted"
    OVERTURNED = "overturned"
    DROPPED = "dropped"


MOVES: dict[SanctionState, frozenset[SanctionState]] = {
    SanctionState.PROPOSED: frozenset({SanctionState.ACTIVE, SanctionState.DROPPED}),
    SanctionState.ACTIVE: frozenset({SanctionState.EXPIRED, SanctionState.LIFTED, SanctionState.OVERTURNED}),
    SanctionState.EXPIRED: frozenset({SanctionState.OVERTURNED}),
    SanctionState.LIFTED: frozenset({SanctionState.OVERTURNED}),
    SanctionState.OVERTURNED: frozenset(),
    SanctionState.DROPPED: frozenset(),
}
"""Every legal move. What is over can still turn out to have been wrong; what was wrong stays so."""


def leading_to(state: SanctionState) -> frozenset[SanctionState]:
    """The states from which a sanction may come to this one."""
    return frozenset(before for before, after in MOVES.items() if state in after)


FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
"""The end of what has none."""


class AppealState(StrEnum):
    """Where an appeal stands: ``submitted → assigned → upheld | overturned | partly``."""

    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    PARTLY = "partly"


WAITING = (AppealState.SUBMITTED, AppealState.ASSIGNED)
ROUNDS = 2
"""One appeal for a decision, and one more where the member has new facts (§B4)."""


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
    AMENDED = "amended"


SETTLED = frozenset({End.UNDONE, End.RESTORED, End.OVERTURNED, End.AMENDED})
"""Ends after which nothing is left to contest; a measure that was only lifted early still stood for a time."""

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


_MEASURES = {
    SanctionKind.WARNING: Measure.WARNED,
    SanctionKind.SILENCE: Measure.SILENCED,
    SanctionKind.SUSPENSION: Measure.SUSPENDED,
    SanctionKind.BAN: Measure.BANNED,
}


def measure_of(kind: SanctionKind) -> Measure:
    """The measure a sanction is called in its statement."""
    return _MEASURES[SanctionKind(kind)]
