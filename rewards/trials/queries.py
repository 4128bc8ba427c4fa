"""Reads about trials for other subjects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from common.db import db
from forum.content.reviews.rules import Incentive
from rewards.badges.counts.answers import NOT_STAFF, plain
from rewards.badges.counts.sources import Counts, Who
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.rules import RECEIVED, Part


@dataclass(frozen=True, slots=True)
class Received:
    """A member got a product for nothing: what must be said wherever they write about it. ``delivered_at`` is when it left
    where no carrier has said that it came: it may have."""

    trial_id: int
    application_id: int
    delivered_at: datetime
    accepted: bool


def trial_of(member_id: int, product_id: int) -> Received | None:
    """The newest trial in which this member received this product, if any. Whatever they publish about it carries "product
    received free", and never "verified purchase" (domain/rewards.md §A4.6, invariant 26)."""
    a = TrialApplication
    query = (
        select(a.trial_id, a.id, func.coalesce(a.delivered_at, a.shipped_at).label("came_at"), a.state)
        .join(Trial, Trial.id == a.trial_id)
        .where(
            a.member_id == member_id,
            Trial.product_id == product_id,
            a.state.in_(RECEIVED | {Part.SHIPPED}),
            func.coalesce(a.delivered_at, a.shipped_at).is_not(None),
        )
        .order_by(func.coalesce(a.delivered_at, a.shipped_at).desc(), a.id.desc())
    )
    row = db.session.execute(query.limit(1)).first()
    return Received(row.trial_id, row.id, row.came_at, row.state == Part.ACCEPTED) if row else None


def incentive_of(member_id: int, product_id: int) -> Incentive:
    """What was given for a review of a product: the product itself, where it came from a trial."""
    return Incentive.FREE_PRODUCT_TRIAL if trial_of(member_id, product_id) else Incentive.NONE


def reports_on_time(who: Who) -> Counts:
    """Accepted reports that came in time, for the badge of testers (domain/rewards.md §A3.2); whatever they say."""
    a = TrialApplication
    query = select(a.member_id, func.count()).where(
        a.state == Part.ACCEPTED, a.on_time.is_(True), a.member_id.in_(NOT_STAFF)
    )
    return plain(who.limit(query, a.member_id).group_by(a.member_id))
