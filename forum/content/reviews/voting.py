""" "Useful": once for each member and review, taken back at will. It pays nobody anything, so the ledger never hears of it.

The package above may annul votes that follow a pattern (domain/rewards.md §A1.4, V8); an annulled one is not given again.
"""

from __future__ import annotations

from sqlalchemy import select

from common import clock, freshness, limits, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.content.reviews.models import Review, ReviewVote
from forum.content.reviews.writing import visible_review
from forum.questions.permissions import can_vote, member_of

VOTES = "review votes"
"""The version of the lists that show how many found a review useful; a vote makes nothing else stale."""


def find_useful(actor: Actor, review_id: int) -> bool:
    """Say that a review is useful, by the rules of a thumbs-up. True when that is new."""
    with unit_of_work():
        require(can_vote(actor, visible_review(actor, review_id)))
        mine = (ReviewVote.review_id == review_id, ReviewVote.member_id == member_of(actor))
        before = db.session.execute(
            select(ReviewVote.withdrawn_at, ReviewVote.annulled_at).where(*mine)
        ).first()
        if before is not None and before.annulled_at is not None:
            raise Conflict(_("This vote was annulled and cannot be given again."))
        if before is not None and before.withdrawn_at is None:
            return False
        limits.hit("review-vote", member_of(actor), f"{settings.get('reviews.votes_a_day')}/day")
        if before is None:
            new = insert_once(
                ReviewVote, review_id=review_id, member_id=member_of(actor), given_at=clock.now()
            )
            given = new is not None
        else:
            back = (ReviewVote.withdrawn_at.is_not(None), ReviewVote.annulled_at.is_(None))
            given = bool(update_where(ReviewVote, *mine, *back, withdrawn_at=None, given_at=clock.now()))
        if given:
            _count(review_id, 1)
        return given


def find_useful_no_more(actor: Actor, review_id: int) -> bool:
    """Take it back. True when it had been said."""
    with unit_of_work():
        require(can_vote(actor, visible_review(actor, review_id)))
        mine = (ReviewVote.review_id == review_id, ReviewVote.member_id == member_of(actor))
        if not update_where(ReviewVote, *mine, ReviewVote.withdrawn_at.is_(None), withdrawn_at=clock.now()):
            return False
        _count(review_id, -1)
        return True


def annul_vote(vote_id: int) -> bool:
    """Take a vote off for good, inside the unit of work of the decision. False when it did not count any more."""
    now, fresh = clock.now(), (ReviewVote.id == vote_id, ReviewVote.annulled_at.is_(None))
    if update_where(ReviewVote, *fresh, ReviewVote.withdrawn_at.is_(None), withdrawn_at=now, annulled_at=now):
        _count(_review_of(vote_id), -1)
        return True
    update_where(ReviewVote, *fresh, annulled_at=now)
    return False


def restore_vote(vote_id: int) -> bool:
    """Put an annulled vote back. False when it was not annulled."""
    annulled = (ReviewVote.id == vote_id, ReviewVote.annulled_at.is_not(None))
    if not update_where(ReviewVote, *annulled, withdrawn_at=None, annulled_at=None):
        return False
    _count(_review_of(vote_id), 1)
    return True


def _review_of(vote_id: int) -> int:
    return db.session.scalar(select(ReviewVote.review_id).where(ReviewVote.id == vote_id)) or 0


def _count(review_id: int, step: int) -> None:
    update_where(Review, Review.id == review_id, useful_count=Review.useful_count + step)
    freshness.touch(VOTES)
