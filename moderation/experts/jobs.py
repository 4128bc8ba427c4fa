"""Work on the experts outside the request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common import jobs
from moderation.experts import counting
from moderation.experts.asking import ending, spreading, waves


@jobs.job("experts.count", batch=True)
def count_members(payloads: list[dict[str, Any]]) -> None:
    """Count what these members (``member_id``) did anew, each once."""
    for member_id in sorted({payload["member_id"] for payload in payloads}):
        counting.count(member_id)


@jobs.periodic("experts.count_all", every=timedelta(hours=24))
def count_all() -> None:
    """Everybody once a day: what was moved, merged or imported counts as it stands now."""
    counting.count_all()


@jobs.job("experts.settle")
def settle_invitations(payload: dict[str, Any]) -> None:
    """End the invitations of a question (``question_id``) that are over."""
    ending.settle(payload["question_id"])


@jobs.periodic("experts.waves", every=timedelta(minutes=1))
def ask_members() -> None:
    """Ask the members of the waves whose time has come, and end the invitations whose time is over."""
    waves.sweep()
    ending.sweep()


@jobs.periodic("experts.spread", every=timedelta(hours=24))
def look_at_spread() -> None:
    """Tell managers when too few get most of the invitations."""
    spreading.look()
