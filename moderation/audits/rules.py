"""When an item whose answer is known is served, and whether a decision agrees with it. Pure.

Source: domain/moderation.md §B2.5 (one item in fifty, accuracy of 95 %).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b

from moderation.review.rules import RESTRICTING, Decision, ItemType, Reason, restricts

SOURCES = (ItemType.POST, ItemType.IMAGE, ItemType.REVIEW, ItemType.FLAG_CASE, ItemType.SAMPLE)
"""Types of items that an audit is taken from: those about a text of the community."""

KNOWN = (Decision.APPROVE, Decision.RESTORE, Decision.NO_ACTION, Decision.REJECT, Decision.REMOVE)
"""Decisions that are an answer: the text stays as it is, or it goes. A masked text is another one than was decided about."""

WEEKS = 13
"""The chart looks back a quarter of a year."""


def _drawn(words: str) -> int:
    return int.from_bytes(blake2b(words.encode(), digest_size=4).digest(), "big")


def gap(moderator_id: int, last_id: int, every: int) -> int:
    """How many decisions lie before the next audit: ``every`` less the audit itself in the mean, never to be counted on,
    the same whenever it is asked for."""
    half = every // 2
    return max(0, every - 1 + _drawn(f"audit:{moderator_id}:{last_id}") % (2 * half + 1) - half)


def wants_refusal(moderator_id: int, last_id: int) -> bool:
    """Whether the next one is rather a text that was refused: half of them are, where there are enough."""
    return bool(_drawn(f"answer:{moderator_id}:{last_id}") % 2)


def agrees(known: Decision, made: Decision, reason: Reason | None = None) -> bool:
    """Whether two decisions say the same: the text may stay, or it may not. ``reason``: of the one that was made."""
    return (known in RESTRICTING) == restricts(made, reason)


@dataclass(frozen=True, slots=True)
class Week:
    """The audits of a week, by its Monday."""

    monday: date
    answered: int = 0
    agreed: int = 0

    @property
    def share(self) -> int | None:
        """Percent that agreed; None without any."""
        return round(100 * self.agreed / self.answered) if self.answered else None


def by_week(
    answered: Iterable[tuple[datetime, int]], agreed: Iterable[tuple[datetime, int]], last: date
) -> list[Week]:
    """Counts by hour as weeks up to the one of a day, the oldest first."""
    monday = last - timedelta(days=last.weekday())
    weeks = {monday - timedelta(weeks=back): [0, 0] for back in range(WEEKS - 1, -1, -1)}
    for place, series in enumerate((answered, agreed)):
        for moment, count in series:
            day = moment.date()
            if (found := weeks.get(day - timedelta(days=day.weekday()))) is not None:
                found[place] += count
    return [Week(start, *counts) for start, counts in weeks.items()]
