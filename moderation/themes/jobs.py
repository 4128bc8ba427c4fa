"""The night's work: two jobs, so that a worker that dies loses neither, and each gives way between two pieces of reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common import clock
from common.jobs import enqueue, job, periodic
from common.unit_of_work import unit_of_work
from moderation.themes import counting, weekly


@periodic("themes.count", every=timedelta(hours=24))
def count_topics() -> None:
    """What rises, and the weeks; what is too old goes."""
    with unit_of_work():
        enqueue("themes.topics", {}, f"themes.topics:{clock.now().isoformat()}")


@job("themes.topics")
def count_rising(_payload: dict[str, Any]) -> None:
    """What rises; the weeks follow, since what rises is counted there."""
    now = clock.now()
    counting.count()
    counting.forget_old()
    with unit_of_work():
        enqueue("themes.weeks", {}, f"themes.weeks:{now.isoformat()}")


@job("themes.weeks")
def count_weeks(_payload: dict[str, Any]) -> None:
    """The weeks."""
    weekly.write()
    weekly.forget_old()
