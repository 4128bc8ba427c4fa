"""Many ticked items at once: each is taken and decided by itself, and what a colleague has or changed is reported."""

from __future__ import annotations

from dataclasses import dataclass, field

from common.db import db
from common.errors import Refusal
from common.permissions import Actor, require
from moderation.review import leasing
from moderation.review.deciding import Verdict, decide
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_bulk
from moderation.review.rules import Decision
from moderation.review.showing import shown

MOST = 200
MOST_REMOVALS = 50


@dataclass
class Outcome:
    """What became of the ticked items."""

    decided: list[int] = field(default_factory=list)
    passed_over: dict[int, Refusal] = field(default_factory=dict)


def decide_many(actor: Actor, item_ids: list[int], verdict: Verdict) -> Outcome:
    """Decide each item on its own, with its own log line and statement; one that cannot be is passed over.

    Removals stop at 50: more needs a second person (domain/moderation.md §B2.4).
    """
    require(can_bulk(actor))
    outcome = Outcome()
    limit = MOST if verdict.decision == Decision.APPROVE else MOST_REMOVALS
    for item_id in item_ids[:limit]:
        try:
            lease = leasing.claim(actor, item_id)
            item = db.session.get_one(ReviewItem, item_id)
            seen = shown(item)
            decide(actor, item_id, lease.token, seen.stamp if seen else "", verdict, timed=False)
            outcome.decided.append(item_id)
        except Refusal as refusal:
            outcome.passed_over[item_id] = refusal
    return outcome
