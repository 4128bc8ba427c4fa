"""What becomes of a duplicate that somebody pointed out. Pure. Source: domain/rewards.md §A2.2 (rank 2), §A1.2."""

from enum import StrEnum


class HintState(StrEnum):
    """Open, or how it ended. ``overtaken``: the question was closed, merged or removed meanwhile."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"
