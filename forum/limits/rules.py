"""How fast a member may act, by rank and age of the account. Pure; source: domain/moderation.md §B5."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Act(StrEnum):
    """What is counted to keep one member from flooding the community."""

    ASK = "ask"
    REPLY = "reply"
    VOTE = "vote"
    UPLOAD = "upload"
    EDIT = "edit"


@dataclass(frozen=True)
class Rates:
    """Default rates of domain/moderation.md §B5; gaps in seconds, numbers a day."""

    newcomer_ask_gap: int = 120
    newcomer_reply_gap: int = 30
    newcomer_asks_first_day: int = 3
    newcomer_replies_first_day: int = 10
    ask_gap: int = 15
    reply_gap: int = 5
    asks_a_day: int = 20
    replies_a_day: int = 200
    votes_a_day: int = 50
    edits_a_day: int = 100
    uploads_a_day: int = 60


@dataclass(frozen=True)
class Pace:
    """The shortest time between two acts of a member, and how many fit in any 24 hours."""

    gap: timedelta
    a_day: int


def pace_of(act: Act, rank: int, age: timedelta, rates: Rates) -> Pace:
    """The pace allowed to a rank (0 is a newcomer) whose account has this age.

    From rank 3 the daily numbers are 1.5 times, from rank 4 twice as large.
    """
    newcomer = rank == 0
    first_day = newcomer and age < timedelta(hours=24)
    if act == Act.ASK:
        gap = rates.newcomer_ask_gap if newcomer else rates.ask_gap
        a_day = rates.newcomer_asks_first_day if first_day else grown(rates.asks_a_day, rank)
        return Pace(timedelta(seconds=gap), a_day)
    if act == Act.REPLY:
        gap = rates.newcomer_reply_gap if newcomer else rates.reply_gap
        a_day = rates.newcomer_replies_first_day if first_day else grown(rates.replies_a_day, rank)
        return Pace(timedelta(seconds=gap), a_day)
    a_day = {Act.VOTE: rates.votes_a_day, Act.EDIT: rates.edits_a_day, Act.UPLOAD: rates.uploads_a_day}[act]
    return Pace(timedelta(0), grown(a_day, rank))


def seconds_to_wait(
    pace: Pace, count: int, first: datetime | None, last: datetime | None, at: datetime
) -> int:
    """How long until one more act is allowed; 0 when it is now.

    `count`, `first` and `last` describe the acts of the last 24 hours.
    """
    until = at
    if last is not None:
        until = max(until, last + pace.gap)
    if count >= pace.a_day and first is not None:
        until = max(until, first + timedelta(hours=24))
    return math.ceil((until - at).total_seconds())


def grown(a_day: int, rank: int) -> int:
    """A daily number for a rank: 1.5 times from rank 3, twice from rank 4."""
    if rank >= 4:
        return a_day * 2
    return a_day * 3 // 2 if rank == 3 else a_day
