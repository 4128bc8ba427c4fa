"""Mandates of super-users and mentors: offered by the team, signed by the member, for twelve months, handed back at any time.

Source: domain/rewards.md §A2.2. The charter that is signed is kept with its hash: what somebody signed can be read later.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.notifications.telling import tell
from common import audit, clock, settings
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from rewards.ledger.rules import expiry_of
from rewards.ranks import metrics, ranking
from rewards.ranks.measuring.candidates import would_suffice
from rewards.ranks.models import Alumnus, Charter, Mandate, MandateOffer, Why
from rewards.ranks.permissions import can_appoint
from rewards.ranks.rules import HIGHEST_EARNED, MENTOR, SUPER_USER, earned_rank
from rewards.ranks.scale import formulas

REASON_MOST = 300
WARNING = timedelta(days=30)


def charter() -> tuple[str, str, str]:
    """(hash, French, English) of the charter in force."""
    french, english = settings.get("ranks.charter_fr"), settings.get("ranks.charter_en")
    return hashlib.sha256(f"{french}\0{english}".encode()).hexdigest(), french, english


def nominate(actor: Actor, member_id: int, rank: int, reason: str, category_id: int | None = None) -> bool:
    """Offer a mandate (rank 5 or 6) to a member whose deeds suffice. False when it is offered or held already.

    A mentor's may name the category whose posts the member looks after (`moderation.entrusted`).
    """
    require(can_appoint(actor))
    words = _reason(reason)
    if rank not in (SUPER_USER, MENTOR):
        raise Invalid(_("A mandate is for a super-user or a mentor."))
    if category_id is not None and (rank != MENTOR or db.session.get(Category, category_id) is None):
        raise Invalid(fields={"category": _("A category belongs to a mentor’s mandate.")})
    with unit_of_work():
        standing = _standing(member_id)
        if standing >= rank:
            return False
        if not would_suffice(rank, metrics.of([member_id]).get(member_id, {})):
            raise Conflict(_("This member does not meet the conditions of the rank yet."))
        offered = insert_once(
            MandateOffer, member_id=member_id, rank=rank, offered_at=clock.now(), offered_by_id=actor.member_id,
            reason=words, category_id=category_id,
        )  # fmt: skip
        if offered is None:
            return False
        audit.write(actor, "rank.nominated", "member", member_id, standing, rank, words)
        tell(member_id, "mandate-offered", f"mandate:{rank}:{clock.now():%Y%m%d%H%M%S}", rank=rank)
    return True


def sign(actor: Actor, seen: str) -> bool:
    """Accept one's own offer by signing the charter one has read. False when there is no offer (any more).

    ``seen`` is the hash of the text that was shown; :class:`Conflict` when the text has changed since.
    """
    digest, french, english = charter()
    if seen != digest:
        raise Conflict(_("The charter has changed since you opened this page: read it again."))
    me = actor.member_id
    if me is None or actor.suspended or actor.silenced:
        raise Conflict(_("You cannot accept a mandate for the moment."))
    with unit_of_work():
        offer = db.session.execute(
            delete(MandateOffer)
            .where(MandateOffer.member_id == me)
            .returning(
                MandateOffer.rank, MandateOffer.offered_by_id, MandateOffer.reason, MandateOffer.category_id
            )
        ).first()
        if offer is None:
            return False
        now, old = clock.now(), _standing(me)
        insert_once(Charter, hash=digest, text_fr=french, text_en=english, since=now)
        values = {
            "rank": offer.rank, "given_by_id": offer.offered_by_id, "reason": offer.reason, "given_at": now,
            "charter_signed_at": now, "charter_hash": digest, "ends_at": _end(now), "warned_at": None, "category_id": offer.category_id,
        }  # fmt: skip
        if insert_once(Mandate, member_id=me, rank_before=min(old, HIGHEST_EARNED), **values) is None:
            update_where(Mandate, Mandate.member_id == me, **values)
        db.session.execute(delete(Alumnus).where(Alumnus.member_id == me))
        audit.write(actor, "rank.charter_signed", "member", me, old, {"rank": offer.rank, "charter": digest})
        ranking.move(me, old, offer.rank, why=Why.APPOINTED, actor_id=offer.offered_by_id)
    return True


def decline(actor: Actor) -> bool:
    """No, thank you: nothing changes. False when there was no offer."""
    with unit_of_work():
        gone = delete(MandateOffer).where(MandateOffer.member_id == actor.member_id)
        if not affected(db.session.execute(gone)):
            return False
        audit.write(actor, "rank.declined", "member", actor.member_id)
    return True


def hand_back(actor: Actor) -> bool:
    """Hand back one's own mandate: the member keeps the rank their deeds had opened, and is an alumnus."""
    if actor.member_id is None:
        raise NotFound()
    with unit_of_work():
        return _end_now(actor, actor.member_id, "handed back", honour=not _is_restricted(actor.member_id))


def end_mandate(actor: Actor, member_id: int, reason: str, honour: bool = True) -> bool:
    """End somebody's mandate, with a reason. In honour they are an alumnus; else they have no part in it any more."""
    require(can_appoint(actor))
    words = _reason(reason)
    with unit_of_work():
        return _end_now(actor, member_id, words, honour)


def look_at_terms() -> tuple[int, int]:
    """Say it 30 days before a mandate ends; at its end renew it, or let the member become an alumnus.

    Renewed are those with enough reputation within twelve months and no sanction. Returns (renewed, ended).
    """
    now, renewed, ended = clock.now(), 0, 0
    soon = (Mandate.ends_at <= now + WARNING, Mandate.ends_at > now, Mandate.warned_at.is_(None))
    for member_id, end in db.session.execute(select(Mandate.member_id, Mandate.ends_at).where(*soon)).all():
        assert end is not None, "chosen by it"
        with unit_of_work():
            if update_where(Mandate, Mandate.member_id == member_id, *soon, warned_at=now):
                tell(member_id, "mandate-ending", f"mandate-ending:{end:%Y%m%d}", day=end.date().isoformat())
    for member_id in list(db.session.scalars(select(Mandate.member_id).where(Mandate.ends_at <= now))):
        with unit_of_work():
            over = (Mandate.member_id == member_id, Mandate.ends_at <= now)
            if not _may_go_on(member_id):
                ended += _end_now(SYSTEM, member_id, "term", honour=not _is_restricted(member_id))
            elif update_where(Mandate, *over, ends_at=_end(now), warned_at=None):
                audit.write(SYSTEM, "rank.mandate_renewed", "member", member_id)
                tell(member_id, "mandate-renewed", f"mandate-renewed:{now:%Y%m%d}")
                renewed += 1
    return renewed, ended


def _may_go_on(member_id: int) -> bool:
    if _is_restricted(member_id) or db.session.get_one(Member, member_id).closed_at is not None:
        return False
    lately = metrics.of([member_id]).get(member_id, {}).get("rep_365d", 0)
    return lately >= settings.get("ranks.renewal_points")


def delegated_category(member_id: int | None) -> int | None:
    """The category whose posts a mentor looks after, until the last moment of the mandate. One query."""
    found: int | None = db.session.scalars(delegated_categories(member_id)).first()
    return found


def delegated_categories(member_id: int | None) -> Select[int | None]:
    """The same as a subquery, for who looks for what is in it: a mandate that ended opens nothing, whenever its end is
    written down."""
    return select(Mandate.category_id).where(
        Mandate.member_id == member_id, Mandate.category_id.is_not(None), mentors_mandate()
    )


def mentors_mandate(held: Any = Mandate) -> ColumnElement[bool]:
    """The criterion of a mentor's mandate in force, whenever its end is written down. ``held``: the table or an alias."""
    return and_(held.rank == MENTOR, or_(held.ends_at.is_(None), held.ends_at > clock.now()))


def _is_restricted(member_id: int) -> bool:
    """Whether a measure is in force: a term that ends meanwhile does not end in honour."""
    member, now = db.session.get_one(Member, member_id), clock.now()
    return any(until is not None and until > now for until in (member.silenced_until, member.suspended_until))


def _end_now(actor: Actor, member_id: int, reason: str, honour: bool) -> bool:
    gone = db.session.execute(
        delete(Mandate).where(Mandate.member_id == member_id).returning(Mandate.rank, Mandate.rank_before)
    ).first()
    if gone is None:
        return False
    old = _standing(member_id, closed_too=True)
    deeds = metrics.of([member_id]).get(member_id, {})
    earned = max(gone.rank_before, min(HIGHEST_EARNED, earned_rank(formulas(), deeds)))
    if honour:
        insert_once(Alumnus, member_id=member_id, rank=gone.rank, since=clock.now())
    audit.write(actor, "rank.mandate_ended", "member", member_id, old, earned, reason)
    if old > earned:
        ranking.move(member_id, old, earned, why=Why.MANDATE_END, actor_id=actor.member_id)
    if actor.member_id != member_id:
        tell(member_id, "mandate-over", f"mandate-over:{clock.now():%Y%m%d%H%M%S}")
    return True


def _end(begun: datetime) -> datetime:
    return expiry_of(begun, settings.get("ranks.mandate_months"))


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    if len(words) > REASON_MOST:
        raise Invalid(fields={"reason": _("This is too long.")})
    return words


def _standing(member_id: int, closed_too: bool = False) -> int:
    row = db.session.execute(
        select(Member.rank, Member.role, Member.closed_at).where(Member.id == member_id)
    ).first()
    if row is None or (row.closed_at is not None and not closed_too):
        raise NotFound()
    if row.role in STAFF and not closed_too:
        raise Conflict(_("The team has no ranks."))
    return int(row.rank)
