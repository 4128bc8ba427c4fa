"""Where a proposed guide stands. Pure."""

from __future__ import annotations

from enum import StrEnum


class ProposalState(StrEnum):
    """Waiting until somebody else than its author decides."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


SHOWN = 50
