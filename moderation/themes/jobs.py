"""The night's work."""

from __future__ import annotations

from datetime import timedelta

from common.jobs import periodic
from moderation.themes import counting, weekly


@periodic("themes.count", every=timedelta(hours=24))
def count_topics() -> None:
    """What rises, and the weeks; what is too old goes."""
    counting.count()
    counting.forget_old()
    weekly.write()
    weekly.forget_old()
