"""What came of reports, once: right, wrong, or not counted; and the same taken back."""

from __future__ import annotations

from sqlalchemy import select

from common import clock, jobs
from common.db import db, update_where
from moderation.flags.models import Flag
from moderation.flags.rules import Outcome, outcome_of


def settle(post_id: int, item_id: int | None, restricted: bool, brigade: bool = False) -> int:
    """Close the active reports of a post with the outcome of a decision; returns how many."""
    active = (Flag.post_id == post_id, Flag.active_key.is_not(None))
    for flagger_id in sorted(set(db.session.scalars(select(Flag.flagger_id).where(*active)))):
        jobs.enqueue("rewards.standing", {"member_id": flagger_id})
    return update_where(
        Flag, *active, active_key=None, item_id=item_id, outcome=outcome_of(restricted, brigade), decided_at=clock.now(),
    )  # fmt: skip


def ignore(post_id: int) -> int:
    """Close the active reports of a post that is gone without a decision about them."""
    return update_where(
        Flag, Flag.post_id == post_id, Flag.active_key.is_not(None), active_key=None, outcome=Outcome.IGNORED,
        decided_at=clock.now(),
    )  # fmt: skip


def reopen(item_id: int) -> None:
    """The decision was undone: its reports wait again."""
    for flag in list(db.session.scalars(select(Flag).where(Flag.item_id == item_id))):
        update_where(
            Flag, Flag.id == flag.id, active_key=key_of(flag.post_id, flag.flagger_id, flag.reason), item_id=None,
            outcome=None, decided_at=None,
        )  # fmt: skip


def flip(item_id: int) -> None:
    """The decision was overturned on appeal: reports it had found right were wrong."""
    update_where(Flag, Flag.item_id == item_id, Flag.outcome == Outcome.AGREED, outcome=Outcome.DISAGREED)


def key_of(post_id: int, flagger_id: int, reason: str) -> str:
    """What makes a report one of its kind while it waits."""
    return f"{post_id}:{flagger_id}:{reason}"
