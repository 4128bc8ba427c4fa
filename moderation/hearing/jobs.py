"""Work of listening outside the request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common import clock
from common.jobs import enqueue, job, periodic
from common.unit_of_work import unit_of_work
from moderation.hearing import weighing


@periodic("hearing.weigh", every=timedelta(hours=1))
def weigh_messages() -> None:
    """Weigh what was said; what is too old goes."""
    _go_on(clock.now().isoformat(), 0)
    weighing.forget_old()


def _go_on(run: str, after: int) -> None:
    with unit_of_work():
        enqueue("hearing.part", {"run": run, "after": after}, f"hearing:{run}:{after}")


@job("hearing.part")
def weigh_part(payload: dict[str, Any]) -> None:
    """The next texts, and a job for those after them: between two parts other work has its turn."""
    _changed, after = weighing.part(payload["after"])
    if after is not None:
        _go_on(payload["run"], after)
