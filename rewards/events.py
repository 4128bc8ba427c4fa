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
    """The team took a coupon back before it was used; ``reason`` is what its owner is told."""

    member_id: int
    promotion_id: int
    coupon_id: int
    actor_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CouponOver:
    """A code is good no more without having been taken back: its time is over, or its order was cancelled."""

    coupon_id: int


@dataclass(frozen=True, slots=True)
class CouponRevived:
    """A code whose time was over is good again for its owner."""

    coupon_id: int


@dataclass(frozen=True, slots=True)
class PromotionEnded:
    """A discount is over; the codes nobody had are withdrawn."""

    promotion_id: int


@dataclass(frozen=True, slots=True)
class TesterSelected:
    """A member got a place in a product trial."""

    member_id: int
    trial_id: int
    application_id: int


@dataclass(frozen=True, slots=True)
class TrialReportAccepted:
    """The team accepted a tester's report, whatever it says. ``on_time``: it came before it was overdue."""

    member_id: int
    trial_id: int
    application_id: int
    product_id: int
    on_time: bool
