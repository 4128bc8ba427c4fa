"""Work of badges outside the request: the nightly round, campaigns, a year of expertise. Each goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, jobs
from common.db import db, update_where
from common.jobs import job, periodic
from common.unit_of_work import unit_of_work
from rewards.badges import campaigns
from rewards.badges.awarding import SHARE, award_members, give
from rewards.badges.keeping import renew_experts
from rewards.badges.models import BadgeCampaign
from rewards.badges.rules import CampaignState

ROUND, EXPERTS = "rewards.badges.round", "rewards.badges.experts"


@job(campaigns.JOB)
def give_campaign(payload: dict[str, Any]) -> None:
    """Some hundreds of those who earned a badge of a campaign, then the next; at its end the campaign ends too."""
    campaign_id = int(payload["campaign_id"])
    share = campaigns.next_share(campaign_id, int(payload["after"]), SHARE)
    with unit_of_work():
        for award in campaigns.awards_of(campaign_id, share) if share else ():
            give(award)
        if len(share) == SHARE:
            campaigns.go_through(campaign_id, share[-1])
        else:
            over = (BadgeCampaign.ends_at <= clock.now(), BadgeCampaign.state == CampaignState.ACTIVE)
            update_where(BadgeCampaign, BadgeCampaign.id == campaign_id, *over, state=CampaignState.ENDED)


@job(ROUND)
def go_round(payload: dict[str, Any]) -> None:
    """Badges that only time was missing for, and whatever a lost fact left out: all members, some hundreds at a time."""
    members = select(Member.id).where(
        Member.id > int(payload["after"]), Member.closed_at.is_(None), Member.role.not_in(STAFF)
    )
    share = list(db.session.scalars(members.order_by(Member.id).limit(SHARE)))
    award_members(share)
    if len(share) == SHARE:
        with unit_of_work():
            _go_on(ROUND, share[-1])


@job(EXPERTS)
def go_through_experts(payload: dict[str, Any]) -> None:
    """Expertise that is a year old."""
    last = renew_experts(int(payload["after"]))
    if last is not None:
        with unit_of_work():
            _go_on(EXPERTS, last)


@periodic("rewards.badges.nightly", every=timedelta(hours=24))
def nightly() -> None:
    """Begin all of the above."""
    with unit_of_work():
        _go_on(EXPERTS, 0)
        _go_on(ROUND, 0)
        active = select(BadgeCampaign.id).where(BadgeCampaign.state == CampaignState.ACTIVE)
        for campaign_id in db.session.scalars(active).all():
            campaigns.go_through(campaign_id)


def _go_on(kind: str, after: int) -> None:
    day = clock.now().date().isoformat()
    jobs.enqueue(kind, {"after": after}, unique_key=f"{kind}:{day}:{after}")
