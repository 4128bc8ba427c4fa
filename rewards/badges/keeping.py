"""What becomes of awards: taken back for the listed causes, given back when the cause falls away, expertise renewed.

Everything else leaves them alone (`rules.fate`, domain/rewards.md §A3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from accounts.notifications.telling import tell
from common import audit, clock, settings
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.freshness import touch
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Kudos, Post
from rewards.badges.awarding import earned_by
from rewards.badges.counts.answers import topic_figures
from rewards.badges.counts.sources import Who, breaches
from rewards.badges.models import BadgeAward, RevokeCause
from rewards.badges.permissions import can_revoke
from rewards.badges.rules import CATALOGUE, COUNTED, BadgeKey, Fate, Happening, fate, is_renewed

YEAR = timedelta(days=365)
BY_HAND = {RevokeCause.FRAUD: Happening.FRAUD, RevokeCause.BREACH: Happening.BREACH}
"""The causes for which a manager takes a badge back."""

settings.define(
    "badges.expert_renewal", 5, unit=_("solutions"), low=1, high=100,
    help=_("Solutions in a topic within twelve months that renew an expert’s badge for another year."),
)  # fmt: skip


def revoke(actor: Actor, award_id: int, cause: RevokeCause, reason: str) -> bool:
    """Take a badge back for fraud or a serious breach; it is not given again. True when it was in force.

    Raises Invalid (cause, reason) and Conflict for what is never taken back this way.
    """
    require(can_revoke(actor))
    if cause not in BY_HAND:
        raise Invalid(fields={"cause": _("Choose one of the causes of the list.")})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        key = db.session.scalar(select(BadgeAward.badge_key).where(BadgeAward.id == award_id))
        if key is None:
            return False
        if fate(CATALOGUE[key], BY_HAND[cause]) is not Fate.REVOKED:
            raise Conflict(_("This badge is not taken back for that."))
        return _take([award_id], actor, cause, reason) == 1


def settle_evidence(member_ids: Iterable[int]) -> int:
    """Take back the tiers that rest on what was removed for fraud or a serious breach, and give back those that no
    longer do. What fell for any other reason stays. Returns how many awards changed."""
    ids = _concerned(sorted(set(member_ids)))
    if not ids:
        return 0
    honest = {_key(award) for award in earned_by(Who(ids))}
    pardoned = {_key(award) for award in earned_by(Who(ids, pardoned=True))}
    b = BadgeAward
    rows = db.session.execute(
        select(b.id, b.member_id, b.badge_key, b.tier, b.instance_key, b.revoked_at, b.revoke_cause).where(
            b.member_id.in_(ids), b.badge_key.in_(COUNTED)
        )
    ).all()
    gone, back = [], []
    for row in rows:
        key = (row.member_id, row.badge_key, row.tier, row.instance_key)
        rests_on_it = key in pardoned and key not in honest
        takes = fate(CATALOGUE[row.badge_key], Happening.FRAUD) is Fate.REVOKED
        if row.revoked_at is None and rests_on_it and takes:
            gone.append(row.id)
        elif row.revoke_cause is RevokeCause.EVIDENCE and key in honest:
            back.append(row.id)
    if not gone and not back:
        return 0
    with unit_of_work():
        return _take(gone, SYSTEM, RevokeCause.EVIDENCE, "") + _give_back(back)


def _key(award) -> tuple[int, BadgeKey, object, str]:
    return award.member_id, award.badge, award.tier, award.instance


def _concerned(ids: list[int]) -> tuple[int, ...]:
    """Those of whom something was removed for fraud or a breach, or who lost a badge for it before."""
    if not ids:
        return ()
    annulled = (
        select(Kudos.id)
        .where(Kudos.post_id == Post.id, Kudos.annulled_at.is_not(None))
        .correlate(Post.__table__)
    )
    lost = or_(annulled.exists(), *(Post.id.in_(made) for made in breaches()))
    wrote = select(Post.author_id).where(Post.author_id.in_(ids), lost)
    before = select(BadgeAward.member_id).where(
        BadgeAward.member_id.in_(ids), BadgeAward.revoke_cause == RevokeCause.EVIDENCE
    )
    return tuple(sorted(set(db.session.scalars(wrote.union(before)))))


def _take(award_ids: list[int], actor: Actor, cause: RevokeCause, reason: str) -> int:
    taken = 0
    for award_id in award_ids:
        changed = update_where(
            BadgeAward, BadgeAward.id == award_id, BadgeAward.revoked_at.is_(None), revoked_at=clock.now(),
            revoked_by_id=actor.member_id, revoke_cause=cause, revoke_reason=reason.strip()[:300] or None,
        )  # fmt: skip
        if changed:
            taken += 1
            _changed(award_id)
            audit.write(
                actor, "badge.revoked", "badge_award", award_id, after=cause.value, reason=reason.strip()
            )
    return taken


def _give_back(award_ids: list[int]) -> int:
    for award_id in award_ids:
        update_where(
            BadgeAward, BadgeAward.id == award_id, BadgeAward.revoke_cause == RevokeCause.EVIDENCE, revoked_at=None,
            revoke_cause=None, revoked_by_id=None, revoke_reason=None,
        )  # fmt: skip
        _changed(award_id)
        audit.write(SYSTEM, "badge.given_back", "badge_award", award_id)
    return len(award_ids)


def _changed(award_id: int) -> None:
    holder = db.session.scalar(select(BadgeAward.member_id).where(BadgeAward.id == award_id))
    touch(f"member:{holder}")


# --- expertise, year by year --------------------------------------------------------------------------------------


def renew_experts(after: int = 0, size: int = 400) -> int | None:
    """Look at members whose expertise in a topic is a year old, or lapsed: another year, or a former expert.

    Goes through them by id, some hundreds at a time; returns the last one looked at, None at the end.
    """
    b = BadgeAward
    live = (b.badge_key == BadgeKey.TOPIC_EXPERT, b.revoked_at.is_(None), b.member_id > after)
    ids = list(
        db.session.scalars(select(b.member_id).where(*live).distinct().order_by(b.member_id).limit(size))
    )
    if not ids:
        return None
    rows = db.session.execute(
        select(b.member_id, b.instance_key, b.awarded_at, b.renewed_at, b.lapsed_at).where(
            *live, b.member_id.in_(ids)
        )
    ).all()
    groups: dict[tuple[int, str], list] = {}
    for row in rows:
        groups.setdefault((row.member_id, row.instance_key), []).append(row)
    recent = topic_figures(Who(tuple(ids)), clock.now() - YEAR)
    with unit_of_work():
        for (member_id, topic), awards in groups.items():
            won, decided = recent.get((member_id, int(topic) if topic.isdigit() else 0), (0, 0))
            _renew(member_id, topic, awards, is_renewed(won, decided, settings.get("badges.expert_renewal")))
    return ids[-1] if len(ids) == size else None


def _renew(member_id: int, topic: str, awards: list, worthy: bool) -> None:
    """One topic of one member: all its tiers are renewed, or lapse, together."""
    since: datetime = max(row.renewed_at or row.awarded_at for row in awards)
    lapsed = all(row.lapsed_at for row in awards)
    now = clock.now()
    due = since + YEAR <= now
    if not (worthy and lapsed) and not (due and not lapsed):
        return
    mine = (
        BadgeAward.member_id == member_id, BadgeAward.badge_key == BadgeKey.TOPIC_EXPERT,
        BadgeAward.instance_key == topic, BadgeAward.revoked_at.is_(None),
    )  # fmt: skip
    if worthy:
        changed = update_where(BadgeAward, *mine, renewed_at=now, lapsed_at=None)
    else:
        changed = update_where(BadgeAward, *mine, BadgeAward.lapsed_at.is_(None), lapsed_at=now)
    if changed:
        touch(f"member:{member_id}")
        kind = "expert-renewed" if worthy else "expert-lapsed"
        tell(
            member_id, kind, f"{kind}:{topic}:{now:%Y%m%d}", category_id=int(topic) if topic.isdigit() else 0
        )
