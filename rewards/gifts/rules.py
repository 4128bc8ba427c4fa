"""What can be had beyond codes, and where an order stands. Pure. Source: domain/rewards.md §A6."""

from __future__ import annotations

from enum import StrEnum


class GiftKind(StrEnum):
    """Goods are sent, a donation is made in the member's name, a perk comes with a rank and is not exchanged."""

    GOODS = "goods"
    DONATION = "donation"
    PERK = "perk"


class OrderState(StrEnum):
    """Where an order stands."""

    PROPOSED = "proposed"
    ADDRESS = "address"
    PLACED = "placed"
    SENT = "sent"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class OrderMove(StrEnum):
    """What happens to it."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ADDRESS = "address"
    SEND = "send"
    CANCEL = "cancel"


MOVES: dict[OrderMove, tuple[OrderState, ...]] = {
    OrderMove.APPROVE: (OrderState.PROPOSED,),
    OrderMove.REFUSE: (OrderState.PROPOSED,),
    OrderMove.ADDRESS: (OrderState.ADDRESS,),
    OrderMove.SEND: (OrderState.PLACED,),
    OrderMove.CANCEL: (OrderState.ADDRESS, OrderState.PLACED),
}
"""From where each move may start. What was sent, refused or cancelled stays so."""

LIVE = (OrderState.PROPOSED, OrderState.ADDRESS, OrderState.PLACED, OrderState.SENT, OrderState.DONE)
RECEIVED = (OrderState.PLACED, OrderState.SENT)
HELD = (OrderState.PROPOSED, OrderState.ADDRESS)


def needs_second(value_minor: int, limit_minor: int, is_manager: bool) -> bool:
    """Whether a thank-you needs another manager: above a value, or when no manager proposed it."""
    return not is_manager or value_minor > limit_minor


def first_state(kind: GiftKind, waits: bool) -> OrderState:
    """Where a thank-you begins, or goes on after it was approved."""
    if waits:
        return OrderState.PROPOSED
    return OrderState.ADDRESS if kind is GiftKind.GOODS else OrderState.DONE
