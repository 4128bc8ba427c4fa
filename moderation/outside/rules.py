"""What is told to outside systems, how it is signed, and when it is tried again. Pure.

Source: domain/escalation.md §C3 (external systems), ASSURANCE S38.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from rewards.shop.rules import signature

NAME_LOW, NAME_HIGH = 3, 80
ADDRESS_HIGH = 500
MOST_RECEIVERS = 20
EXCERPT = 300
TEXT_HIGH = 10_000


class Kind(StrEnum):
    """The closed list of what a receiver may ask to hear."""

    ASKED = "question.asked"
    ANSWERED = "question.answered"
    COMMENTED = "question.commented"
    SOLVED = "question.solved"
    UNSOLVED = "question.unsolved"
    CLOSED = "question.closed"
    REOPENED = "question.reopened"
    EDITED = "item.edited"
    REMOVED = "item.removed"
    RESTORED = "item.restored"
    REVIEWED = "review.published"
    STAGE = "stage.reached"
    CASE_OPENED = "case.opened"
    CASE_MOVED = "case.moved"
    CASE_CLOSED = "case.closed"
    CASE_PRIVATE = "case.private"
    INCIDENT = "incident.announced"
    WATCH_MATCHED = "watch.matched"
    MEMBER_CLOSED = "member.closed"
    TEST = "test"


CHOSEN = tuple(kind for kind in Kind if kind is not Kind.TEST)
"""What may be ticked; a test is told to whoever is tested."""


class State(StrEnum):
    """What became of telling one receiver of one event."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""After which attempt how long is waited: the last comes nearly three days after the first."""
REST_FROM = 3
"""Failures in a row after which a receiver is left in peace for a while, so that the others do not wait for it."""
LONGEST_REST = timedelta(hours=1)


class Outcome(StrEnum):
    """What an answer means."""

    DELIVERED = "delivered"
    AGAIN = "again"
    NEVER = "never"


def outcome(status: int | None) -> Outcome:
    """``None``: nobody answered. 410 says that nobody will."""
    if status is not None and 200 <= status < 300:
        return Outcome.DELIVERED
    return Outcome.NEVER if status == 410 else Outcome.AGAIN


def next_attempt(number: int, at: datetime) -> datetime | None:
    """When attempt ``number + 1`` is made, or None when that was the last."""
    return at + WAITS[number - 1] if number <= len(WAITS) else None


def rest(failures: int) -> timedelta:
    """How long a receiver that failed so often in a row is left alone."""
    if failures < REST_FROM:
        return timedelta()
    return min(timedelta(minutes=2 ** min(failures - REST_FROM, 10)), LONGEST_REST)


def header(secrets: Iterable[str], at: datetime, body: bytes) -> str:
    """``Fourmi-Signature``: the moment in seconds, and one ``v1`` for each secret that is good now."""
    moment = str(int(at.timestamp()))
    return ",".join([f"t={moment}", *(f"v1={signature(secret, moment, body)}" for secret in secrets)])


def chosen_kinds(values: Iterable[str]) -> list[str]:
    """The ticked kinds in their usual order; what is not on the list is left out."""
    wanted = set(values)
    return [kind.value for kind in CHOSEN if kind.value in wanted]
