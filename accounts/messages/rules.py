"""What a private message may be, and who may begin one. Pure.

Source: domain/rewards.md §A2.2 (from R1: to the team), FEATURES.md D7 (limits, report, off switch).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SEALED_FOR = "fourmi-messages"
"""What the keys are made for that seal private words at rest (:mod:`common.secrecy`)."""
BODY_MAX = 2_000
NOTE_MAX = 500
PAGE_SIZE = 30
CONTEXT = 5
"""Messages before a reported one that moderators read with it; nothing else of a conversation is theirs to read."""


class ReportReason(StrEnum):
    """Why a message is reported."""

    INSULT = "insult"
    ADVERTISING = "advertising"
    FRAUD = "fraud"
    HARASSMENT = "harassment"
    OTHER = "other"


class Outcome(StrEnum):
    """What moderators decided about a report."""

    REMOVED = "removed"
    KEPT = "kept"


class Why(StrEnum):
    """Why somebody may not write to somebody."""

    SELF = "self"
    CLOSED = "closed"
    BLOCKED = "blocked"
    OFF = "off"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Between:
    """What is known of two people when one writes to the other. ``answered``: the receiver wrote here before."""

    same: bool
    receiver_active: bool
    receiver_staff: bool
    receiver_open: bool
    blocked: bool
    answered: bool
    receiver_suspended: bool = False


@dataclass(frozen=True, slots=True)
class Ranks:
    """From which rank a member may begin: with the team, with other members."""

    to_staff: int = 1
    to_members: int = 2


def refusal(between: Between, rank: int, staff: bool, ranks: Ranks) -> Why | None:
    """Why this message is not accepted, or None. A reply is always welcome, except to who blocked or left."""
    if between.same:
        return Why.SELF
    if not between.receiver_active or (between.receiver_suspended and not staff):
        return Why.CLOSED
    if staff:
        return None
    if between.blocked:
        return Why.BLOCKED
    if between.answered:
        return None
    if between.receiver_staff:
        return None if rank >= ranks.to_staff else Why.RANK
    if not between.receiver_open:
        return Why.OFF
    return None if rank >= ranks.to_members else Why.RANK


def pair(one: int, other: int) -> tuple[int, int]:
    """Two members in the order their conversation is stored under."""
    return (one, other) if one < other else (other, one)
