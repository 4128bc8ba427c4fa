"""What staff did in the demonstration: let newcomers' posts through, brought points over, opened promotions."""

from __future__ import annotations

from forum.questions.writing import Posted


def let_through(members: dict[str, int], posted: Posted) -> None:
    """Nadia approves what the screener held."""


def bring_points(members: dict[str, int]) -> None:
    """Points that members had before the demonstration begins."""


def open_promotions(members: dict[str, int]) -> None:
    """Discounts with their codes."""


def settle() -> None:
    """Ranks, badges and clocks as background work would have left them."""
