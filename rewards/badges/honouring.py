"""An honour: a person of the team gives it with a citation everybody reads, and two take it back."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import by_id
from accounts.members.rules import STAFF
from common import audit, clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.freshness import touch
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.badges.awarding import give
from rewards.badges.models import BadgeAward, Evidence, RevokeCause
from rewards.badges.permissions import can_honour
from rewards.badges.rules import CITATION_MAX, CITATION_MIN, Award, BadgeKey, Tier


def honour(actor: Actor, member_id: int, citation: str, form_key: str) -> int:
    """Give an honour; the same form sent twice gives one. Returns the award's id.

    Raises Invalid (citation) and Conflict when the member cannot have one.
    """
    require(can_honour(actor))
    words = " ".join(citation.split())
    if not CITATION_MIN <= len(words) <= CITATION_MAX:
        said = _(
            "Say in %(low)s to %(high)s characters what it is given for: everybody reads it.",
            low=CITATION_MIN,
            high=CITATION_MAX,
        )
        raise Invalid(fields={"citation": said})
    member = by_id(member_id)
    if member is None:
        raise NotFound()
    if member.role in STAFF or member_id == actor.member_id:
        raise Conflict(_("An honour is for members, not for the team."))
    with unit_of_work():
        award = Award(member_id, BadgeKey.HONOUR, Tier.GOLD, form_key[:40])
        more = {"citation": words, "given_by_id": actor.member_id, "evidence_type": Evidence.CITATION}
        given = give(award, **more)
        if given is None:
            same = select(BadgeAward.id).where(
                BadgeAward.member_id == member_id, BadgeAward.badge_key == BadgeKey.HONOUR,
                BadgeAward.instance_key == form_key[:40],
            )  # fmt: skip
            return db.session.scalars(same).one()
        audit.write(actor, "badge.honoured", "badge_award", given, after=words)
        return given


def candidate(member_id: int) -> Member:
    """A member one may think of honouring. Raises NotFound."""
    member = by_id(member_id)
    if member is None or member.role in STAFF:
        raise NotFound()
    return member


_LIVE = (BadgeAward.badge_key == BadgeKey.HONOUR, BadgeAward.revoked_at.is_(None))


def ask_back(actor: Actor, award_id: int, reason: str) -> bool:
    """The first of two: ask that an honour is taken back. True when nobody had asked."""
    require(can_honour(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        _existing(award_id)
        unasked = (BadgeAward.id == award_id, *_LIVE, BadgeAward.revoke_asked_at.is_(None))
        if not update_where(
            BadgeAward, *unasked, revoke_asked_at=clock.now(), revoke_asked_by_id=actor.member_id,
            revoke_reason=reason.strip()[:300],
        ):  # fmt: skip
            return False
        audit.write(actor, "badge.asked_back", "badge_award", award_id, reason=reason.strip())
        return True


def take_back(actor: Actor, award_id: int) -> bool:
    """The second of two: do it. Raises Forbidden for whoever asked. True when it was in force."""
    require(can_honour(actor))
    with unit_of_work():
        award = _existing(award_id)
        asked_by, holder, asked_at = award.revoke_asked_by_id, award.member_id, award.revoke_asked_at
        if award.revoked_at is not None:
            return False
        if asked_at is None:
            raise Conflict(_("Nobody has asked for that."))
        if asked_by == actor.member_id:
            raise Forbidden(_("Somebody else of the team has to agree."))
        second = (BadgeAward.id == award_id, *_LIVE, BadgeAward.revoke_asked_at == asked_at)
        if not update_where(
            BadgeAward, *second, revoked_at=clock.now(), revoked_by_id=actor.member_id,
            revoke_cause=RevokeCause.TWO_OF_THE_TEAM,
        ):  # fmt: skip
            return False
        touch(f"member:{holder}")
        audit.write(actor, "badge.revoked", "badge_award", award_id, after=RevokeCause.TWO_OF_THE_TEAM.value)
        return True


def leave_it(actor: Actor, award_id: int) -> bool:
    """The honour stays: what was asked is put away. True when something was asked."""
    require(can_honour(actor))
    with unit_of_work():
        _existing(award_id)
        asked = (BadgeAward.id == award_id, *_LIVE, BadgeAward.revoke_asked_at.is_not(None))
        nothing = {"revoke_asked_at": None, "revoke_asked_by_id": None, "revoke_reason": None}
        if not update_where(BadgeAward, *asked, **nothing):
            return False
        audit.write(actor, "badge.left", "badge_award", award_id)
        return True


def _existing(award_id: int) -> BadgeAward:
    award = db.session.get(BadgeAward, award_id)
    if award is None or award.badge_key != BadgeKey.HONOUR:
        raise NotFound()
    return award
