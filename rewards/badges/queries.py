"""Reads of badges, shaped for pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _, local, number
from forum.categories.models import Category
from rewards.badges.counts.sources import Who, counter, is_given
from rewards.badges.models import BadgeAward, BadgeCampaign
from rewards.badges.rules import CATALOGUE, TIERS, Badge, BadgeKey, CampaignState, How, Tier, next_step
from rewards.badges.words import ABOUT, NAMES, TIER_NAMES, asks

NAMED = {BadgeKey.TOPIC_EXPERT, BadgeKey.BETA, BadgeKey.EVENT, BadgeKey.FOUNDER}
"""Badges of which each instance is shown by itself, with a name of its own."""


@dataclass(frozen=True, slots=True)
class Medal:
    """A badge as shown: earned with its best tier, or still to do. ``next`` is what the next tier asks for."""

    key: BadgeKey
    name: Sentence | str
    icon: str
    tone: str
    tier: Tier | None
    tier_name: Sentence | None
    under: Sentence | str
    awarded_at: datetime | None = None
    times: int = 1
    next: Sentence | None = None
    lapsed: bool = False
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class _Best:
    tier: Tier
    awarded_at: datetime
    since: datetime
    lapsed: bool
    times: int
    citation: str | None


def medals_of(member_id: int) -> list[Medal]:
    """The badges a member has: the best tier of each, by itself for topics and campaigns, newest first. Three queries at
    most."""
    b = BadgeAward
    rows = db.session.execute(
        select(b.badge_key, b.tier, b.instance_key, b.awarded_at, b.renewed_at, b.lapsed_at, b.citation)
        .where(b.member_id == member_id, b.revoked_at.is_(None))
        .order_by(b.awarded_at)
    ).all()
    best: dict[tuple[BadgeKey, str], _Best] = {}
    for row in rows:
        group = (row.badge_key, row.instance_key if row.badge_key in NAMED else "")
        known = best.get(group)
        times = (known.times if known else 0) + (row.tier is CATALOGUE[row.badge_key].tiers[0])
        since, lapsed = row.renewed_at or row.awarded_at, row.lapsed_at is not None
        if known is not None and TIERS.index(row.tier) < TIERS.index(known.tier):
            best[group] = replace(known, times=times, since=max(known.since, since))
        else:
            before = known.since if known else since
            best[group] = _Best(row.tier, row.awarded_at, max(before, since), lapsed, times, row.citation)
    names = instance_names(best)
    medals = [_medal(key, names.get((key, instance)), best[key, instance]) for key, instance in best]
    return sorted(medals, key=lambda medal: medal.awarded_at, reverse=True)  # type: ignore[arg-type, return-value]


def _medal(key: BadgeKey, named: str | None, best: _Best) -> Medal:
    badge = CATALOGUE[key]
    name: Sentence | str = NAMES[key]
    place = badge.tiers.index(best.tier)
    under: Sentence | str = asks(badge, badge.thresholds[place])
    if key is BadgeKey.TOPIC_EXPERT and named and best.lapsed:
        name = _("Former expert %(topic)s", topic=named)
    elif key is BadgeKey.TOPIC_EXPERT and named:
        name = _("Expert %(topic)s %(year)s", topic=named, year=local(best.since).year)
    elif badge.how is How.CAMPAIGN:
        name, under = named or NAMES[key], TIER_NAMES[best.tier]
    following = asks(badge, badge.thresholds[place + 1]) if place + 1 < len(badge.thresholds) else None
    return Medal(
        key, name, badge.icon, badge.tone, best.tier, TIER_NAMES[best.tier], under, best.awarded_at, max(1, best.times),
        following, best.lapsed, best.citation,
    )  # fmt: skip


def instance_names(groups: Iterable[tuple[BadgeKey, str]]) -> dict[tuple[BadgeKey, str], str]:
    """Names of topics and campaigns, by badge and instance."""
    topics = {instance for key, instance in groups if key is BadgeKey.TOPIC_EXPERT and instance.isdigit()}
    runs = {instance: key for key, instance in groups if CATALOGUE[key].how is How.CAMPAIGN}
    found: dict[tuple[BadgeKey, str], str] = {}
    if topics:
        for row in db.session.scalars(select(Category).where(Category.id.in_(map(int, topics)))):
            found[BadgeKey.TOPIC_EXPERT, str(row.id)] = row.name(i18n.language())
    if runs:
        for one in db.session.scalars(select(BadgeCampaign).where(BadgeCampaign.id.in_(map(int, runs)))):
            found[BadgeKey(one.badge_key), str(one.id)] = one.name(i18n.language())
    return found


def campaign_name(campaign_id: int) -> str | None:
    """The name of a campaign, for news of it."""
    found = db.session.get(BadgeCampaign, campaign_id)
    return found.name(i18n.language()) if found else None


def expertise_of(member_id: int) -> list[str]:
    """What a member is an expert of now, with its year, for the head of the profile."""
    return [
        str(one.name) for one in medals_of(member_id) if one.key is BadgeKey.TOPIC_EXPERT and not one.lapsed
    ]


def grid(member_id: int | None) -> list[Medal]:
    """The catalogue: each badge earned or still to do, those nobody can have at the moment left out."""
    earned: dict[BadgeKey, Medal] = {}
    for medal in medals_of(member_id) if member_id is not None else []:
        if medal.key not in earned or TIERS.index(medal.tier) > TIERS.index(earned[medal.key].tier):  # type: ignore[arg-type]
            earned[medal.key] = medal
    shown = []
    open_ = _campaigns_open()
    for key, badge in CATALOGUE.items():
        offered = is_given(badge) and (badge.how is not How.CAMPAIGN or key in open_)
        if key in earned:
            shown.append(earned[key])
        elif offered:
            todo = asks(badge, badge.thresholds[0])
            shown.append(Medal(key, NAMES[key], badge.icon, badge.tone, None, None, todo))
    return shown


def _campaigns_open() -> set[BadgeKey]:
    shown = BadgeCampaign.state != CampaignState.DRAFT
    return {
        BadgeKey(key) for key in db.session.scalars(select(BadgeCampaign.badge_key).where(shown).distinct())
    }


@dataclass(frozen=True, slots=True)
class Step:
    """How far a member is on the way to a tier."""

    tier: Sentence
    asks: Sentence
    have: int
    wanted: int
    share: int


def next_steps(member_id: int) -> dict[BadgeKey, Step]:
    """The next tier of every counted badge, with how far one is. One or two queries a badge."""
    steps = {}
    for key, badge in CATALOGUE.items():
        step = (
            _step(badge, _count_of(badge, member_id))
            if is_given(badge) and badge.how is How.COUNTED
            else None
        )
        if step is not None:
            steps[key] = step
    return steps


def _step(badge: Badge, have: int) -> Step | None:
    found = next_step(badge, have)
    if found is None:
        return None
    tier, wanted = found
    return Step(TIER_NAMES[tier], asks(badge, wanted), have, wanted, min(99, int(100 * have / wanted)))


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier on the badge's page."""

    tier: Tier
    name: Sentence
    asks: Sentence
    holders: int
    reached: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who earned a badge lately."""

    card: MemberCard
    tier: Sentence | str
    at: datetime
    citation: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A campaign on its badge's page."""

    name: str
    about: str
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    holders: int


@dataclass(frozen=True, slots=True)
class BadgePage:
    """Everything the page of one badge shows."""

    badge: Badge
    name: Sentence
    about: Sentence
    tiers: list[TierRow]
    latest: list[Holder]
    runs: list[Run]
    given: bool
    mine: int
    next: tuple[Sentence, str, int] | None


def badge_page(key: str, member_id: int | None) -> BadgePage | None:
    """One badge: what it asks for, who has it, how far the reader is. A fixed number of queries."""
    if key not in BadgeKey._value2member_map_:
        return None
    badge = CATALOGUE[BadgeKey(key)]
    in_force = (
        BadgeAward.badge_key == badge.key,
        BadgeAward.revoked_at.is_(None),
        BadgeAward.member_id.in_(_shown_members()),
    )
    holders = dict(
        db.session.execute(
            select(BadgeAward.tier, func.count(BadgeAward.member_id.distinct()))
            .where(*in_force)
            .group_by(BadgeAward.tier)
        ).all()
    )
    mine = _count_of(badge, member_id)
    own = _own_tiers(badge, member_id)
    step = _step(badge, mine) if member_id is not None and badge.how is How.COUNTED else None
    return BadgePage(
        badge=badge, name=NAMES[badge.key], about=ABOUT[badge.key], mine=mine, given=is_given(badge),
        tiers=[
            TierRow(tier, TIER_NAMES[tier], asks(badge, wanted), holders.get(tier, 0), tier in own)
            for tier, wanted in zip(badge.tiers, badge.thresholds, strict=True)
        ],
        latest=_latest(in_force), runs=_runs(badge) if badge.how is How.CAMPAIGN else [],
        next=(step.tier, number(step.wanted), step.share) if step else None,
    )  # fmt: skip


def _shown_members():
    """Those whom lists name: accounts that are open and not suspended."""
    rests = Member.suspended_until.is_(None) | (Member.suspended_until <= clock.now())
    return select(Member.id).where(Member.closed_at.is_(None), rests)


def _latest(in_force: tuple) -> list[Holder]:
    b = BadgeAward
    rows = db.session.execute(
        select(b.member_id, b.badge_key, b.instance_key, b.tier, b.awarded_at, b.citation)
        .where(*in_force, b.member_id.not_in(select(Member.id).where(Member.is_private)))
        .order_by(b.awarded_at.desc(), b.id.desc())
        .limit(8)
    ).all()
    who = cards(row.member_id for row in rows)
    names = instance_names({(row.badge_key, row.instance_key) for row in rows})
    return [
        Holder(
            who[row.member_id], names.get((row.badge_key, row.instance_key)) or TIER_NAMES[row.tier], row.awarded_at,
            row.citation,
        )
        for row in rows
    ]  # fmt: skip


def _runs(badge: Badge) -> list[Run]:
    had = select(func.count(BadgeAward.id)).where(
        BadgeAward.campaign_id == BadgeCampaign.id, BadgeAward.revoked_at.is_(None)
    )
    rows = db.session.execute(
        select(BadgeCampaign, had.correlate(BadgeCampaign).scalar_subquery())
        .where(BadgeCampaign.badge_key == badge.key, BadgeCampaign.state != CampaignState.DRAFT)
        .order_by(BadgeCampaign.starts_at.desc(), BadgeCampaign.id.desc())
        .limit(20)
    ).all()
    said = i18n.language()
    return [
        Run(
            one.name(said), one.about(said), one.starts_at, one.ends_at, one.state == CampaignState.ACTIVE, holders or 0
        )
        for one, holders in rows
    ]  # fmt: skip


def _count_of(badge: Badge, member_id: int | None) -> int:
    made = counter(badge.key)
    if member_id is None or made is None:
        return 0
    return max((count for count, _also in made(Who((member_id,))).values()), default=0)


def _own_tiers(badge: Badge, member_id: int | None) -> set[Tier]:
    if member_id is None:
        return set()
    wanted = (
        BadgeAward.member_id == member_id,
        BadgeAward.badge_key == badge.key,
        BadgeAward.revoked_at.is_(None),
    )
    return set(db.session.scalars(select(BadgeAward.tier).where(*wanted)))
