"""Reads of badges, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common import i18n
from common.db import db
from common.i18n import Sentence, _, n_, number
from forum.categories.models import Category
from rewards.badges.counting import COUNTERS
from rewards.badges.models import BadgeAward
from rewards.badges.rules import CATALOGUE, TIERS, Badge, BadgeKey, Tier, next_step

NAMES: dict[BadgeKey, Sentence] = {
    BadgeKey.FIRST_ACCEPT: _("Good reflex"),
    BadgeKey.HELPER: _("Helping hand"),
    BadgeKey.APPRECIATED: _("Appreciated"),
    BadgeKey.GOOD_ANSWER: _("Fine answer"),
    BadgeKey.FAST: _("Lightning"),
    BadgeKey.FIRST_RESPONDER: _("First to welcome"),
    BadgeKey.TOPIC_EXPERT: _("Topic expert"),
    BadgeKey.STEADY: _("Steady"),
    BadgeKey.LIBRARIAN: _("Librarian"),
}
TIER_NAMES: dict[Tier, Sentence] = {
    Tier.BRONZE: _("bronze"),
    Tier.SILVER: _("silver"),
    Tier.GOLD: _("gold"),
}
ABOUT: dict[BadgeKey, Sentence] = {
    BadgeKey.FIRST_ACCEPT: _("You marked an answer as the solution: the next person finds it at once."),
    BadgeKey.HELPER: _("Your answers became solutions."),
    BadgeKey.APPRECIATED: _("Many different people found your answers useful."),
    BadgeKey.GOOD_ANSWER: _("One answer that several people found useful. Earned anew for each such answer."),
    BadgeKey.FAST: _("Solutions that came within the hour."),
    BadgeKey.FIRST_RESPONDER: _("First answers to people who ask for the first time."),
    BadgeKey.TOPIC_EXPERT: _("Solutions in one category, for at least a quarter of your answers there."),
    BadgeKey.STEADY: _("Weeks in a row with an answer somebody found useful. One week off in eight is free."),
    BadgeKey.LIBRARIAN: _(
        "You found questions that were covered already, and were right four times in five."
    ),
}


def asks(badge: Badge, count: int) -> Sentence:
    """What a tier of a badge asks for, in words."""
    words = {
        BadgeKey.FIRST_ACCEPT: n_("%(count)s solution marked", "%(count)s solutions marked", count),
        BadgeKey.HELPER: n_("%(count)s solution", "%(count)s solutions", count),
        BadgeKey.APPRECIATED: n_("%(count)s thumbs-up", "%(count)s thumbs-up in all", count),
        BadgeKey.GOOD_ANSWER: n_(
            "%(count)s thumbs-up on one answer", "%(count)s thumbs-up on a single answer", count
        ),
        BadgeKey.FAST: n_("%(count)s quick solution", "%(count)s quick solutions", count),
        BadgeKey.FIRST_RESPONDER: n_("%(count)s newcomer welcomed", "%(count)s newcomers welcomed", count),
        BadgeKey.TOPIC_EXPERT: n_(
            "%(count)s solution in the topic", "%(count)s solutions in the topic", count
        ),
        BadgeKey.STEADY: n_("%(count)s week", "%(count)s weeks in a row", count),
        BadgeKey.LIBRARIAN: n_("%(count)s confirmed duplicate", "%(count)s confirmed duplicates", count),
    }
    return words[badge.key]


@dataclass(frozen=True, slots=True)
class Medal:
    """A badge as shown: earned with its best tier, or still to do."""

    key: BadgeKey
    name: Sentence | str
    icon: str
    tone: str
    tier: Tier | None
    tier_name: Sentence | None
    under: Sentence | str
    awarded_at: datetime | None = None
    times: int = 1


def medals_of(member_id: int) -> list[Medal]:
    """The badges a member has: the best tier of each, per category for topics, newest first. Two queries at most."""
    rows = db.session.execute(
        select(BadgeAward.badge_key, BadgeAward.tier, BadgeAward.instance_key, BadgeAward.awarded_at)
        .where(BadgeAward.member_id == member_id, BadgeAward.revoked_at.is_(None))
        .order_by(BadgeAward.awarded_at)
    ).all()
    best: dict[tuple[BadgeKey, str], tuple[Tier, datetime, int]] = {}
    for row in rows:
        group = (row.badge_key, row.instance_key if row.badge_key is BadgeKey.TOPIC_EXPERT else "")
        before = best.get(group)
        times = (before[2] if before else 0) + (row.tier is Tier.BRONZE)
        if before is None or TIERS.index(row.tier) >= TIERS.index(before[0]):
            best[group] = (row.tier, row.awarded_at, times)
        else:
            best[group] = (before[0], before[1], times)
    names = _category_names([instance for key, instance in best if key is BadgeKey.TOPIC_EXPERT])
    medals = [_medal(key, names.get(instance), *best[key, instance]) for key, instance in best]
    return sorted(medals, key=lambda medal: medal.awarded_at, reverse=True)  # type: ignore[arg-type, return-value]


def _medal(key: BadgeKey, topic: str | None, tier: Tier, awarded_at: datetime, times: int) -> Medal:
    badge = CATALOGUE[key]
    name: Sentence | str = _("Expert %(topic)s", topic=topic) if topic else NAMES[key]
    under = asks(badge, badge.thresholds[TIERS.index(tier)])
    return Medal(key, name, badge.icon, badge.tone, tier, TIER_NAMES[tier], under, awarded_at, max(1, times))


def _category_names(ids: list[str]) -> dict[str, str]:
    wanted = [int(one) for one in ids if one.isdigit()]
    if not wanted:
        return {}
    rows = db.session.scalars(select(Category).where(Category.id.in_(wanted)))
    return {str(row.id): row.name(i18n.language()) for row in rows}


def expertise_of(member_id: int) -> list[str]:
    """Names of the categories a member is an expert of, for the head of the profile."""
    return [str(medal.name) for medal in medals_of(member_id) if medal.key is BadgeKey.TOPIC_EXPERT]


def grid(member_id: int | None) -> list[Medal]:
    """The whole catalogue, each badge earned or still to do, for the page of ranks."""
    earned: dict[BadgeKey, Medal] = {}
    for medal in medals_of(member_id) if member_id is not None else []:
        if medal.key not in earned or TIERS.index(medal.tier) > TIERS.index(earned[medal.key].tier):  # type: ignore[arg-type]
            earned[medal.key] = medal
    shown = []
    for key, badge in CATALOGUE.items():
        todo = Medal(key, NAMES[key], badge.icon, badge.tone, None, None, asks(badge, badge.thresholds[0]))
        shown.append(earned.get(key, todo))
    return shown


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier on the badge's page."""

    tier: Tier
    name: Sentence
    asks: Sentence
    holders: int
    reached: bool


@dataclass(frozen=True, slots=True)
class BadgePage:
    """Everything the page of one badge shows."""

    badge: Badge
    name: Sentence
    about: Sentence
    tiers: list[TierRow]
    latest: list[tuple[MemberCard, Sentence, datetime]]
    mine: int
    next: tuple[Sentence, str, int] | None


def badge_page(key: str, member_id: int | None) -> BadgePage | None:
    """One badge: what it asks for, who has it, how far the reader is. A fixed number of queries."""
    if key not in BadgeKey._value2member_map_:
        return None
    badge = CATALOGUE[BadgeKey(key)]
    in_force = (BadgeAward.badge_key == badge.key, BadgeAward.revoked_at.is_(None))
    holders = dict(
        db.session.execute(
            select(BadgeAward.tier, func.count(BadgeAward.member_id.distinct()))
            .where(*in_force)
            .group_by(BadgeAward.tier)
        ).all()
    )
    latest = db.session.execute(
        select(BadgeAward.member_id, BadgeAward.tier, BadgeAward.awarded_at)
        .where(*in_force)
        .order_by(BadgeAward.awarded_at.desc(), BadgeAward.id.desc())
        .limit(8)
    ).all()
    who = cards(row.member_id for row in latest)
    mine = _count_of(badge, member_id)
    own = _own_tiers(badge, member_id)
    step = next_step(badge, mine) if member_id is not None else None
    return BadgePage(
        badge=badge, name=NAMES[badge.key], about=ABOUT[badge.key], mine=mine,
        tiers=[
            TierRow(tier, TIER_NAMES[tier], asks(badge, wanted), holders.get(tier, 0), tier in own)
            for tier, wanted in zip(TIERS, badge.thresholds, strict=False)
        ],
        latest=[(who[row.member_id], TIER_NAMES[row.tier], row.awarded_at) for row in latest],
        next=(TIER_NAMES[step[0]], number(step[1]), min(99, int(100 * mine / step[1]))) if step else None,
    )  # fmt: skip


def _count_of(badge: Badge, member_id: int | None) -> int:
    if member_id is None:
        return 0
    return max((count for count, _also in COUNTERS[badge.key]([member_id]).values()), default=0)


def _own_tiers(badge: Badge, member_id: int | None) -> set[Tier]:
    if member_id is None:
        return set()
    wanted = (
        BadgeAward.member_id == member_id,
        BadgeAward.badge_key == badge.key,
        BadgeAward.revoked_at.is_(None),
    )
    return set(db.session.scalars(select(BadgeAward.tier).where(*wanted)))
