"""What happens in rewards, as facts: frozen, ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PointsBooked:
    """A line was written in a member's ledger; ``account`` is reputation or spendable, ``granted`` signed."""

    member_id: int
    account: str
    granted: int
    entry_id: int


@dataclass(frozen=True, slots=True)
class RankChanged:
    """A member stands at another rank (0 to 6)."""

    member_id: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class BadgeAwarded:
    """A member earned a badge; ``tier`` is bronze, silver or gold."""

    member_id: int
    badge_key: str
    tier: str


@dataclass(frozen=True, slots=True)
class CouponClaimed:
    """A member exchanged points for a coupon. The code itself is in no fact."""

    member_id: int
    promotion_id: int
    coupon_id: int


@dataclass(frozen=True, slots=True)
class CouponRevoked:
    """The team took a coupon back before it was used."""

    member_id: int
    promotion_id: int
    coupon_id: int


@dataclass(frozen=True, slots=True)
class PromotionEnded:
    """A discount is over; the codes nobody had are withdrawn."""

    promotion_id: int
