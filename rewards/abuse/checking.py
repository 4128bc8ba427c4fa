"""What the ledger asks before it pays: must this vote bring nothing, and was this acceptance annulled? Reads only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from accounts.signin import origins
from common import clock
from common.db import db
from rewards.abuse import sources
from rewards.abuse.models import AbuseEvidence, VotePause
from rewards.abuse.numbers import thresholds
from rewards.abuse.rules import Sign
from rewards.ledger.rules import CauseType, Withheld

ACCEPTANCE, COPY = "acceptance", "copy"
CAUSES = {
    ACCEPTANCE: frozenset(
        {CauseType.ACCEPTED, CauseType.FAST, CauseType.RESCUE, CauseType.ASKER, CauseType.FIRST_ACCEPT}
    ),
    COPY: frozenset(
        {
            CauseType.ACCEPTED,
            CauseType.FAST,
            CauseType.RESCUE,
            CauseType.KUDOS,
            CauseType.QUESTION_KUDOS,
            CauseType.FIRST_ANSWER,
        }
    ),
}
"""What of a post is annulled with it. A recommendation by the team never is (§A1.4, exclusions)."""


def why_not(voter_id: int, author_id: int) -> Withheld | None:
    """Why a vote between these two brings nothing now: V5 at once, V2 and V3 while they last. Two queries, rarely three."""
    now = clock.now()
    if origins.share_one(voter_id, author_id, now - origins.NEAR):
        return Withheld.SHARED_ORIGIN
    pair = (VotePause.voter_id == voter_id, VotePause.author_id == author_id)
    lasting = or_(VotePause.until.is_(None), VotePause.until > now)
    signs = set(db.session.scalars(select(VotePause.sign).where(*pair, lasting)))
    if Sign.RECIPROCITY in signs:
        return Withheld.RECIPROCAL
    if Sign.CONCENTRATION in signs:
        limits = thresholds()
        to_author, of_all = sources.counts_of(voter_id, author_id, Sign.CONCENTRATION, now - limits.window)
        if 100 * to_author > limits.focus_paid_percent * of_all:
            return Withheld.CONCENTRATED
    return None


def annulled_of(post_ids: Collection[int]) -> dict[int, set[CauseType]]:
    """What of some posts was annulled as an acceptance or a copy, and is never booked again. One query."""
    found: dict[int, set[CauseType]] = {}
    rows = db.session.execute(
        select(AbuseEvidence.post_id, AbuseEvidence.kind).where(
            AbuseEvidence.post_id.in_(post_ids),
            AbuseEvidence.kind.in_(tuple(CAUSES)),
            AbuseEvidence.annulled_at.is_not(None),
        )
    )
    for post_id, kind in rows:
        found.setdefault(post_id or 0, set()).update(CAUSES[kind])
    return found


def annulled_causes(post_id: int) -> set[CauseType]:
    """The same for one post."""
    return annulled_of([post_id]).get(post_id, set())
