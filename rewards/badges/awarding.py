"""Give the badges that were earned: set-based, idempotent, each once whoever asks how often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, insert_many, insert_once
from common.freshness import SITE, touch
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work
from rewards.badges import campaigns
from rewards.badges.counts.sources import EVERYBODY, Who, counted, counter
from rewards.badges.models import BadgeAward, Evidence
from rewards.badges.rules import CATALOGUE, COUNTED, Award, BadgeKey, awards_for
from rewards.events import BadgeAwarded

SHARE = 400


def award_members(member_ids: Iterable[int], quietly: bool = False) -> int:
    """Award what these members have earned and do not have. Returns how many awards are new."""
    ids = sorted(set(member_ids))
    shares = (tuple(ids[start : start + SHARE]) for start in range(0, len(ids), SHARE))
    return sum(_award(Who(share), quietly) for share in shares)


def award_everybody(quietly: bool = True) -> int:
    """The same for all members, after an import."""
    return _award(EVERYBODY, quietly)


def would_award(key: BadgeKey) -> int:
    """A dry run: how many members would get a counted badge, or a tier of it, that they do not have."""
    made = counter(key)
    if made is None:
        return 0
    return len(
        {award.member_id for award in _missing(awards_for(CATALOGUE[key], made(EVERYBODY)), EVERYBODY)}
    )


def give_named(actor: Actor, campaign_id: int, names: str) -> int:
    """Give the badge of a campaign to the members named, one on each line. Returns how many are new."""
    awards = campaigns.named(actor, campaign_id, names)
    with unit_of_work():
        new = sum(give(award) is not None for award in awards)
        audit.write(actor, "badge_campaign.named", "badge_campaign", campaign_id, after=new)
    return new


def earned_by(who: Who) -> list[Award]:
    """All that these members have earned by deeds, whether they have it or not."""
    earned = []
    for badge in counted():
        made = counter(badge.key)
        earned += awards_for(badge, made(who)) if made else []
    return earned


def _award(who: Who, quietly: bool) -> int:
    earned = earned_by(who)
    missing = list(_missing([*earned, *campaigns.earned_by(who)], who))
    if quietly and who.ids is None:
        _forget_unclaimed(earned)
    if not missing:
        return 0
    with unit_of_work():
        if quietly:
            insert_many(BadgeAward, [_row(award) for award in missing], once=True)
            touch(SITE)
            return len(missing)
        return sum(give(award) is not None for award in missing)


def _forget_unclaimed(earned: list[Award]) -> None:
    """Badges of imported members nobody has signed in as follow the newest export exactly; nobody was told of them."""
    unclaimed = select(Member.id).where(Member.imported_key.is_not(None), Member.email_key.is_(None))
    b = BadgeAward
    rows = db.session.execute(
        select(b.id, b.member_id, b.badge_key, b.tier, b.instance_key).where(
            b.member_id.in_(unclaimed), b.revoked_at.is_(None), b.badge_key.in_(COUNTED)
        )
    )
    still = {(award.member_id, award.badge, award.tier, award.instance) for award in earned}
    gone = [row.id for row in rows if (row.member_id, row.badge_key, row.tier, row.instance_key) not in still]
    with unit_of_work():
        for start in range(0, len(gone), SHARE):
            db.session.execute(delete(b).where(b.id.in_(gone[start : start + SHARE])))


def _row(award: Award) -> dict[str, object]:
    per = CATALOGUE[award.badge].per
    return {
        "member_id": award.member_id, "badge_key": award.badge, "tier": award.tier, "instance_key": award.instance,
        "evidence_id": award.evidence_id, "evidence_type": EVIDENCE.get(per, Evidence.COUNT),
        "campaign_id": int(award.instance) if per == "campaign" else None, "awarded_at": clock.now(),
    }  # fmt: skip


EVIDENCE = {"post": Evidence.POST, "campaign": Evidence.CAMPAIGN}


def give(award: Award, **more: Any) -> int | None:
    """Give one award inside the open unit of work, once; tells the member. Returns its id, None when it was there."""
    row = _row(award) | more
    given = insert_once(BadgeAward, **row)
    if given is None:
        return None
    record(BadgeAwarded(award.member_id, award.badge.value, award.tier.value))
    touch(f"member:{award.member_id}")
    named: dict[str, Any] = {"campaign_id": row["campaign_id"]} if row["campaign_id"] else {}
    tell(
        award.member_id, "badge-awarded", f"badge:{given}", post_id=award.evidence_id, badge=award.badge.value,
        tier=award.tier.value, **named,
    )  # fmt: skip
    return given


def _missing(earned: list[Award], who: Who) -> Iterator[Award]:
    query = select(BadgeAward.member_id, BadgeAward.badge_key, BadgeAward.tier, BadgeAward.instance_key)
    known = {tuple(row) for row in db.session.execute(who.limit(query, BadgeAward.member_id))}
    return (
        award for award in earned if (award.member_id, award.badge, award.tier, award.instance) not in known
    )
