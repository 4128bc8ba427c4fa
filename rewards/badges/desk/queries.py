"""What the desk shows of badges: the catalogue, campaigns, one member's awards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common import i18n
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from rewards.badges.counts.sources import counter, is_given
from rewards.badges.models import BadgeAward, BadgeCampaign, RevokeCause
from rewards.badges.permissions import can_honour, can_run_badges
from rewards.badges.queries import instance_names
from rewards.badges.rules import CATALOGUE, BadgeKey, CampaignState, Criterion, Fate, Happening, How, fate
from rewards.badges.words import NAMES, TIER_NAMES

DAY = timedelta(days=1)
STATES: dict[CampaignState, Sentence] = {
    CampaignState.DRAFT: _("draft"),
    CampaignState.ACTIVE: _("active"),
    CampaignState.ENDED: _("ended"),
}
CRITERIA: dict[Criterion, Sentence] = {
    Criterion.JOINED: _("opened an account in this time"),
    Criterion.WROTE: _("wrote so many questions or answers in this time"),
    Criterion.SOLVED: _("found so many solutions in this time"),
    Criterion.NAMED: _("are named by the team, one by one"),
}
CAUSES: dict[RevokeCause, Sentence] = {
    RevokeCause.EVIDENCE: _("what it stood on was removed for fraud or a serious breach"),
    RevokeCause.FRAUD: _("fraud"),
    RevokeCause.BREACH: _("a serious breach of the rules"),
    RevokeCause.TWO_OF_THE_TEAM: _("two of the team agreed"),
}


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge of the catalogue on the desk. ``counted``: somebody counts it; ``on``: it is given."""

    key: BadgeKey
    name: Sentence
    icon: str
    holders: int
    how: How
    counted: bool
    on: bool


def catalogue(actor: Actor) -> list[BadgeRow]:
    """All badges, with how many members have each. One query."""
    require(can_honour(actor))
    b = BadgeAward
    query = select(b.badge_key, func.count(b.member_id.distinct())).where(b.revoked_at.is_(None))
    holders = dict(db.session.execute(query.group_by(b.badge_key)).all())
    return [
        BadgeRow(
            key, NAMES[key], badge.icon, holders.get(key, 0), badge.how, counter(key) is not None, is_given(badge)
        )
        for key, badge in CATALOGUE.items()
    ]  # fmt: skip


def campaigns(actor: Actor, after: str | None = None, size: int = 20) -> Page[BadgeCampaign]:
    """Campaigns, the newest first."""
    require(can_honour(actor))
    query = keyset(select(BadgeCampaign), BadgeCampaign.created_at, BadgeCampaign.id, after, size)
    return page_of(list(db.session.scalars(query)), size, lambda one: (one.created_at, one.id))


def campaign(actor: Actor, campaign_id: int) -> tuple[BadgeCampaign, int]:
    """One campaign, and how many have its badge."""
    require(can_run_badges(actor))
    found = db.session.get(BadgeCampaign, campaign_id)
    if found is None:
        raise NotFound()
    held = select(func.count()).where(BadgeAward.campaign_id == campaign_id, BadgeAward.revoked_at.is_(None))
    return found, db.session.scalar(held) or 0


@dataclass(frozen=True, slots=True)
class AwardRow:
    """One award as the team sees it."""

    id: int
    member: MemberCard
    key: BadgeKey
    name: Sentence | str
    tier: Sentence
    at: datetime
    citation: str | None
    given_by: MemberCard | None
    lapsed: bool
    revoked_at: datetime | None
    cause: Sentence | None
    reason: str | None
    asked_by: MemberCard | None
    asked_at: datetime | None
    by_hand: bool
    is_honour: bool


def awards_of(actor: Actor, member_id: int, limit: int = 40) -> list[AwardRow]:
    """A member's awards, those that were taken back among them. A fixed number of queries."""
    require(can_honour(actor))
    query = select(BadgeAward).where(BadgeAward.member_id == member_id)
    return _rows(list(db.session.scalars(query.order_by(BadgeAward.id.desc()).limit(limit))))


def award(actor: Actor, award_id: int) -> AwardRow:
    """One award. Raises NotFound."""
    require(can_honour(actor))
    found = db.session.get(BadgeAward, award_id)
    if found is None:
        raise NotFound()
    return _rows([found])[0]


def asked_back(actor: Actor, limit: int = 20) -> list[AwardRow]:
    """Honours that somebody of the team asked to take back, and nobody decided about."""
    require(can_honour(actor))
    waiting = (BadgeAward.revoke_asked_at.is_not(None), BadgeAward.revoked_at.is_(None))
    honours = BadgeAward.badge_key == BadgeKey.HONOUR
    query = select(BadgeAward).where(honours, *waiting).order_by(BadgeAward.id)
    return _rows(list(db.session.scalars(query.limit(limit))))


def _rows(found: list[BadgeAward]) -> list[AwardRow]:
    people = cards(one for row in found for one in (row.member_id, row.given_by_id, row.revoke_asked_by_id))
    names = instance_names({(BadgeKey(row.badge_key), row.instance_key) for row in found})
    return [
        AwardRow(
            row.id, people[row.member_id], BadgeKey(row.badge_key),
            names.get((BadgeKey(row.badge_key), row.instance_key)) or NAMES[row.badge_key], TIER_NAMES[row.tier],
            row.awarded_at, row.citation, people[row.given_by_id] if row.given_by_id else None, row.lapsed_at is not None,
            row.revoked_at, CAUSES[row.revoke_cause] if row.revoke_cause else None, row.revoke_reason,
            people[row.revoke_asked_by_id] if row.revoke_asked_by_id else None, row.revoke_asked_at,
            row.revoked_at is None and fate(CATALOGUE[row.badge_key], Happening.FRAUD) is Fate.REVOKED,
            row.badge_key == BadgeKey.HONOUR,
        )
        for row in found
    ]  # fmt: skip


def window_of_founders() -> tuple[datetime, datetime] | None:
    """From the day the first member joined, ninety days: what a founder's badge asks for unless the team says otherwise."""
    first = db.session.scalar(select(func.min(Member.joined_at)))
    return (i18n.local(first), i18n.local(first) + timedelta(days=90)) if first else None
