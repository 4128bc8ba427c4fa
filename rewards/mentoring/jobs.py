"""What ends by itself, every hour."""

from __future__ import annotations

from datetime import timedelta

from common.jobs import periodic
from rewards.mentoring import ending


@periodic("rewards.mentoring", every=timedelta(hours=1))
def over() -> None:
    """Pairs that stand no more."""
    ending.sweep()
