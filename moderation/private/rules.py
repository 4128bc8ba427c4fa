"""How a private talk about a question stands, and what its text may be. Pure.

Source: domain/escalation.md §C3 (convert to private ticket), §C1.1 (private).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

WORDS_HIGH = 2_000
SUMMARY_LOW, SUMMARY_HIGH = 30, 20_000


class TalkState(StrEnum):
    """Offered to the asker, going on, declined or taken back, or over."""

    OFFERED = "offered"
    GOING = "going"
    DECLINED = "declined"
    ENDED = "ended"


LIVE = (TalkState.OFFERED, TalkState.GOING)


def holds(state: TalkState, offered_at: datetime, now: datetime, good_for: timedelta) -> bool:
    """Whether an offer may still be taken up."""
    return state is TalkState.OFFERED and now <= offered_at + good_for
