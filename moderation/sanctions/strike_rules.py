"""Strike points: the closed list of causes, what each weighs, and the measure a sum leads to. Pure.

Source: domain/moderation.md §B4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from moderation.review.rules import Reason
from moderation.sanctions.rules import SanctionKind


class StrikeCause(StrEnum):
    """What strike points are given for. Nothing else is."""

    OFF_TOPIC_AGAIN = "off_topic_again"
    LINK_DROPPING = "link_dropping"
    INSULT = "insult"
    CARELESS_WITH_DATA = "careless_with_data"
    UNDISCLOSED_INTEREST = "undisclosed_interest"
    HARASSMENT = "harassment"
    VOTE_RING = "vote_ring"
    FAKE_REVIEW = "fake_review"
    THREAT = "threat"
    HATE = "hate"
    DOXXING = "doxxing"
    PAID_MASS_MESSAGES = "paid_mass_messages"
    CHILD_SAFETY = "child_safety"


POINTS: dict[StrikeCause, int] = {
    StrikeCause.OFF_TOPIC_AGAIN: 1,
    StrikeCause.LINK_DROPPING: 1,
    StrikeCause.INSULT: 3,
    StrikeCause.CARELESS_WITH_DATA: 3,
    StrikeCause.UNDISCLOSED_INTEREST: 3,
    StrikeCause.HARASSMENT: 6,
    StrikeCause.VOTE_RING: 6,
    StrikeCause.FAKE_REVIEW: 6,
    StrikeCause.THREAT: 12,
    StrikeCause.HATE: 12,
    StrikeCause.DOXXING: 12,
    StrikeCause.PAID_MASS_MESSAGES: 12,
    StrikeCause.CHILD_SAFETY: 12,
}

REASONS: dict[StrikeCause, Reason] = {
    StrikeCause.OFF_TOPIC_AGAIN: Reason.OFF_TOPIC,
    StrikeCause.LINK_DROPPING: Reason.ADVERTISING,
    StrikeCause.INSULT: Reason.INSULT,
    StrikeCause.CARELESS_WITH_DATA: Reason.PERSONAL_DATA,
    StrikeCause.UNDISCLOSED_INTEREST: Reason.UNDISCLOSED_INTEREST,
    StrikeCause.HARASSMENT: Reason.INSULT,
    StrikeCause.VOTE_RING: Reason.OTHER,
    StrikeCause.FAKE_REVIEW: Reason.NOT_AN_EXPERIENCE,
    StrikeCause.THREAT: Reason.HATE,
    StrikeCause.HATE: Reason.HATE,
    StrikeCause.DOXXING: Reason.PERSONAL_DATA,
    StrikeCause.PAID_MASS_MESSAGES: Reason.JUNK,
    StrikeCause.CHILD_SAFETY: Reason.MINORS,
}
"""The canned reason, and with it the rule of the charter, that each cause stands on."""

TO_AUTHORITIES = frozenset({StrikeCause.THREAT, StrikeCause.CHILD_SAFETY})
"""Causes that are also reported to the authorities (Regulation (EU) 2022/2065, article 18)."""

_GRAVEST = 12


@dataclass(frozen=True, slots=True)
class Ladder:
    """From how many active points on which measure follows, and how long it lasts."""

    silence_from: int = 3
    suspension_from: int = 6
    long_suspension_from: int = 9
    ban_from: int = _GRAVEST
    silence_hours: int = 24
    suspension_hours: int = 168
    long_suspension_hours: int = 720


@dataclass(frozen=True, slots=True)
class Rung:
    """A measure of the ladder; ``hours`` is 0 where it has no time of its own."""

    kind: SanctionKind
    hours: int = 0


def rung_of(total: int, ladder: Ladder) -> Rung | None:
    """The measure that a sum of active points leads to; None for nothing at all."""
    if total >= ladder.ban_from:
        return Rung(SanctionKind.BAN)
    if total >= ladder.long_suspension_from:
        return Rung(SanctionKind.SUSPENSION, ladder.long_suspension_hours)
    if total >= ladder.suspension_from:
        return Rung(SanctionKind.SUSPENSION, ladder.suspension_hours)
    if total >= ladder.silence_from:
        return Rung(SanctionKind.SILENCE, ladder.silence_hours)
    return Rung(SanctionKind.WARNING) if total > 0 else None


def while_waiting(ladder: Ladder) -> Rung:
    """What holds until a second person has read the proposal of a ban: the rung below it."""
    return Rung(SanctionKind.SUSPENSION, ladder.long_suspension_hours)


@dataclass(frozen=True, slots=True)
class Given:
    """A strike as the sums need it. ``ended_at``: taken back before its time, as if it had never been given."""

    points: int
    given_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def counts(self, at: datetime) -> bool:
        """Whether it counts at this moment."""
        return self.ended_at is None and self.given_at <= at < self.expires_at


def total_at(strikes: Iterable[Given], at: datetime) -> int:
    """The active points at a moment."""
    return sum(one.points for one in strikes if one.counts(at))


def until_below(strikes: Iterable[Given], at: datetime, least: int) -> datetime | None:
    """When the active points will have fallen below ``least``; None where they are already."""
    counting = sorted((one for one in strikes if one.counts(at)), key=lambda one: one.expires_at)
    total = sum(one.points for one in counting)
    if total < least:
        return None
    for one in counting:
        total -= one.points
        if total < least:
            return one.expires_at
    return None  # not reached: nothing is below every least


def expires_at(given_at: datetime, days: int) -> datetime:
    """When strike points are forgotten."""
    return given_at + timedelta(days=days)


def causes_for(reason: Reason) -> tuple[StrikeCause, ...]:
    """The causes that stand on a canned reason, the lightest first."""
    return tuple(
        sorted((cause for cause, why in REASONS.items() if why == reason), key=lambda cause: POINTS[cause])
    )
