"""Work of rewards outside the request: ranks and badges after points, points that ripen or expire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common.jobs import job, periodic
from rewards.ledger import balances, expiring


@periodic("rewards.mature", every=timedelta(minutes=10))
def mature() -> None:
    """Points become usable 72 hours after they were earned."""
    balances.mature_due()


@periodic("rewards.expire", every=timedelta(hours=12))
def expire() -> None:
    """Points end twelve months after they were earned."""
    expiring.expire_due()


@job("rewards.standing", batch=True)
def standing(payloads: list[dict[str, Any]]) -> None:
    """Ranks, then badges, of the members something happened to."""
