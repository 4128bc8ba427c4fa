"""Give the badges that were earned: set-based, idempotent, each once whoever asks how often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import audit, clock
from common.db import db, insert_many, insert_once, update_where
from common.errors import Invalid
from common.freshness import SITE, touch
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from rewards.badges.counting import COUNTERS
from rewards.badges.models import BadgeAward
from rewards.badges.permissions import can_revoke
from rewards.badges.rules import CATALOGUE, Award, awards_for
from rewards.events import BadgeAwarded

SHARE = 400


def award_members(member_ids: Iterable[int], quietly: bool = False) -> int:
    """Award what these members have earned and do not have. Returns how many awards are new."""
    ids = sorted(set(member_ids))
    return sum(_award(ids[start : start + SHARE], quietly) for start in range(0, len(ids), SHARE))


def award_everybody(quietly: bool = True) -> int:
    """The same for all members, after an import or when a badge is switched on."""
    return _award(None, quietly)


def would_award() -> dict[str, int]:
    """A dry run: how many members would get each badge that they do not have."""
    return {
        key.value: len({award.member_id for award in _missing(awards_for(badge, COUNTERS[key](None)), None)})
        for key, badge in CATALOGUE.items()
    }


def revoke(actor: Actor, award_id: int, reason: str) -> bool:
    """Take a badge back for fraud or a serious breach; it is not given again. True when it was in force."""
    require(can_revoke(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        in_force = (BadgeAward.id == award_id, BadgeAward.revoked_at.is_(None))
        values = {
            "revoked_at": clock.now(),
            "revoked_by_id": actor.member_id,
            "revoke_reason": reason.strip()[:300],
        }
        if not update_where(BadgeAward, *in_force, **values):
            return False
        audit.write(actor, "badge.revoked", "badge_award", award_id, reason=reason.strip())
        return True


def _award(who: list[int] | None, quietly: bool) -> int:
    earned = [award for key, badge in CATALOGUE.items() for award in awards_for(badge, COUNTERS[key](who))]
    missing = list(_missing(earned, who))
    if quietly and who is None:
        _forget_unclaimed(earned)
    if not missing:
        return 0
    with unit_of_work():
        if quietly:
            insert_many(BadgeAward, [_row(award) for award in missing], once=True)
            touch(SITE)
            return len(missing)
        return sum(_give(award) for award in missing)


def _forget_unclaimed(earned: list[Award]) -> None:
    """Badges of imported members nobody has signed in as follow the newest export exactly; nobody was told of them."""
    unclaimed = select(Member.id).where(Member.imported_key.is_not(None), Member.email_key.is_(None))
    b = BadgeAward
    rows = db.session.execute(
        select(b.id, b.member_id, b.badge_key, b.tier, b.instance_key).where(
            b.member_id.in_(unclaimed), b.revoked_at.is_(None)
        )
    )
    still = {(award.member_id, award.badge, award.tier, award.instance) for award in earned}
    gone = [row.id for row in rows if (row.member_id, row.badge_key, row.tier, row.instance_key) not in still]
    with unit_of_work():
        for start in range(0, len(gone), SHARE):
            db.session.execute(delete(b).where(b.id.in_(gone[start : start + SHARE])))


def _row(award: Award) -> dict[str, object]:
    return {
        "member_id": award.member_id, "badge_key": award.badge, "tier": award.tier, "instance_key": award.instance,
        "evidence_id": award.evidence_id, "awarded_at": clock.now(),
    }  # fmt: skip


def _give(award: Award) -> bool:
    given = insert_once(BadgeAward, **_row(award))
    if given is None:
        return False
    record(BadgeAwarded(award.member_id, award.badge.value, award.tier.value))
    touch(f"member:{award.member_id}")
    tell(
        award.member_id, "badge-awarded", f"badge:{given}", post_id=award.evidence_id, badge=award.badge.value,
        tier=award.tier.value,
    )  # fmt: skip
    return True


def _missing(earned: list[Award], who: list[int] | None) -> Iterator[Award]:
    query = select(BadgeAward.member_id, BadgeAward.badge_key, BadgeAward.tier, BadgeAward.instance_key)
    if who is not None:
        query = query.where(BadgeAward.member_id.in_(who))
    known = {tuple(row) for row in db.session.execute(query)}
    return (
        award for award in earned if (award.member_id, award.badge, award.tier, award.instance) not in known
    )
