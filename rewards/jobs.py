"""Work of rewards outside the request: ranks and badges after points, points that ripen or expire."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import or_, select

from accounts.members.models import Member
from common import clock, jobs
from common.db import db
from common.jobs import job, periodic
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostState
from rewards.badges.awarding import award_members
from rewards.badges.keeping import settle_evidence
from rewards.gifts import dispatching
from rewards.ledger import balances, expiring, verifying
from rewards.missions import progressing
from rewards.promotions import keeping, offering
from rewards.ranks import falling, mandates, reviewing, scaling
from rewards.ranks.measuring import counting
from rewards.ranks.ranking import rank_members
from rewards.ranks.rules import TOP
from rewards.shop import receiving
from rewards.tables import counting as tables

log = logging.getLogger("fourmi.rewards")

YOUNG = timedelta(days=190)
"""Ages that ranks ask for end at 180 days; after that only deeds change a rank."""


@job("rewards.standing", batch=True)
def standing(payloads: list[dict[str, Any]]) -> None:
    """Ranks, then badges, of the members something happened to. Idempotent, so a repeated job does nothing."""
    members = {payload["member_id"] for payload in payloads}
    rank_members(members)
    settle_evidence(members)
    award_members(members)
    progressing.settle(members)


@job("rewards.figures", batch=True)
def figures(payloads: list[dict[str, Any]]) -> None:
    """What ranks measure of whoever answered where a solution or a place changed."""
    counting.keep_of_thread({payload["question_id"] for payload in payloads})


@periodic("rewards.figures.nightly", every=timedelta(hours=24))
def figures_put_right() -> None:
    """What is kept for ranks equals what can be counted."""
    changed = counting.put_right()
    if changed:
        log.info("rank figures of %s members written anew", changed)


@job("rewards.rerank")
def rerank(payload: dict[str, Any]) -> None:
    """Ranks by new formulas, a share of the members at a time; the next share is a job of its own."""
    following = scaling.rerank(payload["after"])
    if following is not None:
        with unit_of_work():
            jobs.enqueue("rewards.rerank", {"after": following})


@periodic("rewards.mature", every=timedelta(minutes=10))
def mature() -> None:
    """Points become usable 72 hours after they were earned."""
    balances.mature_due()


@periodic("rewards.expire", every=timedelta(hours=12))
def expire() -> None:
    """Points end twelve months after they were earned."""
    expiring.expire_due()
    expiring.warn_expiring()


@periodic("rewards.verify", every=timedelta(hours=24))
def verify() -> None:
    """Every night: do all sums equal their lines, and does every line's cause still hold? The log says so, and `doctor`."""
    found = list(islice(verifying.all_faults(), 100))
    if found:
        log.error("the ledger does not add up in %s places: run flask ledger verify", len(found))


@periodic("rewards.trial", every=timedelta(hours=1))
def trial() -> None:
    """What members would have by a points table that runs on trial."""
    tables.count_trial()


@periodic("rewards.mandates", every=timedelta(hours=6))
def terms() -> None:
    """Mandates that end soon, that are renewed, and that are over; ranks that annulled points no longer bear; reviews."""
    mandates.look_at_terms()
    falling.look_for_falls()
    reviewing.look_at_experts()


@periodic("rewards.coupons", every=timedelta(hours=1))
def coupons() -> None:
    """Discounts past their last day, coupons that end, and their owners warned a week before."""
    offering.end_due()
    receiving.forget_parked()
    dispatching.purge_addresses()
    keeping.expire_due()
    keeping.warn_lapsing()


@periodic("rewards.ageing", every=timedelta(hours=1))
def ageing() -> None:
    """Ranks that only time was missing for: members who joined lately and have written something."""
    since = clock.now() - YOUNG
    wrote = select(Post.id).where(Post.author_id == Member.id, Post.state == PostState.PUBLISHED).exists()
    young = or_(Member.joined_at >= since, Member.last_seen_at >= clock.now() - timedelta(days=2))
    rank_members(
        db.session.scalars(
            select(Member.id).where(young, Member.rank < TOP, or_(wrote, Member.has_masks.is_(True)))
        ).all()
    )
