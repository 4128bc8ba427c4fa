"""Once more, an hour later: what was under way while an account was erased has left nothing behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.events import MemberClosed
from common import clock, jobs
from common.unit_of_work import record, unit_of_work

AGAIN = timedelta(hours=1)


def erase_again_later(member_id: int) -> None:
    """Write the job, inside the open unit of work."""
    jobs.enqueue("account.erase", {"member_id": member_id}, f"account.erase:{member_id}", clock.now() + AGAIN)


@jobs.job("account.erase")
def erase_again(payload: dict[str, Any]) -> None:
    """Erasing what is erased changes nothing."""
    with unit_of_work():
        record(MemberClosed(payload["member_id"]))
