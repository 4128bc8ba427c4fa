"""Every six months the team looks whether an expert (rank 4) still is what the rank asks for; nothing is lost by itself.

Source: domain/rewards.md §A2.2 ("review every 6 months, never automatic loss"). Where all conditions hold the review is
over with a word of thanks. Where one does not, the member reads which, the team sees it, and a manager keeps the rank or,
some weeks after the member was told, lowers it with a reason. A condition that holds again ends the review as well.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.notifications.telling import tell
from common import audit, clock, settings
from common.db import affected, db, insert_many, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.ledger.rules import expiry_of
from rewards.ranks import metrics, ranking
from rewards.ranks.explaining.rules import explain, lacking
from rewards.ranks.models import RankChange, RankReview, Why
from rewards.ranks.permissions import can_appoint
from rewards.ranks.rules import earned_rank, holds
from rewards.ranks.scale import formulas

EXPERT = 4
SHARE = 200
REASON_MOST = 300


def next_look(since: datetime) -> datetime:
    """When the review after ``since`` is due."""
    return expiry_of(since, settings.get("ranks.review_months"))


def look_at_experts() -> tuple[int, int]:
    """Hold the reviews that are due. Returns (in order, left to the team); called again, it changes nothing.

    A share of the members at a time: a fixed number of queries each.
    """
    _begin()
    good = left = 0
    now, after = clock.now(), 0
    while True:
        due = select(RankReview.member_id).where(RankReview.due_at <= now, RankReview.member_id > after)
        ids = list(db.session.scalars(due.order_by(RankReview.member_id).limit(SHARE)))
        db.session.rollback()
        if not ids:
            return good, left
        after = ids[-1]
        for held in _review(ids):
            good, left = (good + 1, left) if held else (good, left + 1)


def _begin() -> None:
    """A date for everybody who became an expert; none any more for who stands elsewhere."""
    experts = select(Member.id).where(
        Member.rank == EXPERT, Member.closed_at.is_(None), Member.role.not_in(STAFF)
    )
    with unit_of_work():
        db.session.execute(
            delete(RankReview)
            .where(RankReview.member_id.not_in(experts))
            .execution_options(synchronize_session=False)
        )
        reached = (
            select(Member.id, func.max(RankChange.changed_at))
            .outerjoin(RankChange, (RankChange.member_id == Member.id) & (RankChange.new == EXPERT))
            .where(Member.id.in_(experts), Member.id.not_in(select(RankReview.member_id)))
            .group_by(Member.id)
        )
        rows = [
            {"member_id": member_id, "due_at": next_look(since or clock.now()), "missing": []}
            for member_id, since in db.session.execute(reached).tuples()
        ]
        insert_many(RankReview, rows, once=True)


def _review(ids: list[int]) -> list[bool]:
    """Look at these members; one entry for each review that ended (True) or was left to the team now (False)."""
    asked, now, results = formulas().get(EXPERT), clock.now(), []
    with unit_of_work():
        told = dict(
            db.session.execute(
                select(RankReview.member_id, RankReview.told_at).where(RankReview.member_id.in_(ids))
            )
            .tuples()
            .all()
        )
        for member_id, values in metrics.of(ids).items():
            if asked is None or holds(asked, values):
                update_where(
                    RankReview,
                    RankReview.member_id == member_id,
                    due_at=next_look(now),
                    told_at=None,
                    missing=[],
                )
                tell(member_id, "expert-review-good", f"expert-review:{now:%Y%m%d}")
                results.append(True)
                continue
            missing = lacking(explain(asked, values))
            first = told.get(member_id) is None
            update_where(
                RankReview,
                RankReview.member_id == member_id,
                missing=missing,
                told_at=told.get(member_id) or now,
            )
            if first:
                tell(member_id, "expert-review", f"expert-review:{now:%Y%m%d}")
                results.append(False)
    return results


def keep(actor: Actor, member_id: int) -> bool:
    """The member stays an expert until the next review. False when there was nothing to decide any more."""
    require(can_appoint(actor))
    with unit_of_work():
        waiting = (RankReview.member_id == member_id, RankReview.told_at.is_not(None))
        if not update_where(RankReview, *waiting, due_at=next_look(clock.now()), told_at=None, missing=[]):
            return False
        audit.write(actor, "rank.review_kept", "member", member_id)
        tell(member_id, "expert-review-good", f"expert-review:kept:{clock.now():%Y%m%d}")
    return True


def lower(actor: Actor, member_id: int, reason: str) -> bool:
    """The rank follows the deeds again, with a reason the member reads. False when there was nothing to decide any more.

    Not before the member had the time of `ranks.review_days` to read the notice and to answer it by deeds.
    """
    require(can_appoint(actor))
    words = " ".join(reason.split())
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(words) > REASON_MOST:
        raise Invalid(fields={"reason": _("This is too long.")})
    with unit_of_work():
        told_at = db.session.scalar(select(RankReview.told_at).where(RankReview.member_id == member_id))
        if told_at is None:
            return False
        if clock.now() < earliest(told_at):
            raise Conflict(_("The member was told lately and has some weeks to answer by deeds."))
        earned = earned_rank(formulas(), metrics.of([member_id]).get(member_id, {}))
        gone = delete(RankReview).where(RankReview.member_id == member_id, RankReview.told_at == told_at)
        if not affected(db.session.execute(gone)):
            return False
        if earned >= EXPERT:
            raise Conflict(_("Everything the rank asks for is there again: look at the list anew."))
        if not ranking.move(member_id, EXPERT, earned, why=Why.REVIEW, actor_id=actor.member_id):
            return False
        audit.write(actor, "rank.review_lowered", "member", member_id, EXPERT, earned, words)
        tell(member_id, "expert-review-over", f"expert-review:over:{clock.now():%Y%m%d}", reason=words)
    return True


def earliest(told_at: datetime) -> datetime:
    """From when on the team may decide against a member who was told at this moment."""
    return told_at + timedelta(days=settings.get("ranks.review_days"))
