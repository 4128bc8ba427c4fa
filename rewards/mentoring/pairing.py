"""Ask for a mentor, take a request, offer, accept: whoever is first, once (domain/rewards.md §A2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from accounts.members.permissions import own_id
from accounts.notifications.telling import tell, tell_many
from common import clock, settings, text
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from rewards.ledger.rules import expiry_of
from rewards.mentoring import ending
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.mentoring.permissions import can_ask, can_mentor
from rewards.mentoring.rules import LEAST, MOST, WORDS_MOST
from rewards.mentoring.standing import (
    fit,
    goes_on,
    mandate_in_force,
    mentors_for,
    on_terms,
    open_offer,
    waits,
)
from rewards.ranks.models import Mandate
from rewards.ranks.rules import MENTOR


def ask(actor: Actor, category_id: int | None, words: str, agrees: bool) -> bool:
    """Ask for a mentor; their mentors are told. False when one has asked already, or is accompanied.

    ``agrees``: whoever takes it sees how far the member is from the next rank.
    """
    require(can_ask(actor))
    me, said = own_id(actor), _checked(category_id, words, agrees)
    with unit_of_work():
        ending.sweep(me)
        now = clock.now()
        made = insert_once(
            Mentoring, member_id=me, category_id=category_id, words=said, asked_at=now, ends_at=_end(now)
        )
        if made is None:
            return False
        mentors = db.session.scalars(mentors_for(me, category_id or 0)).all()
        tell_many(
            {one: {"category_id": category_id} for one in mentors}, "mentoring-asked", f"mentoring:{me}:{now.isoformat()}"
        )  # fmt: skip
    return True


def take(actor: Actor, member_id: int) -> None:
    """Accompany somebody who asked. Raises Conflict when the request waits no more, or one has no place left."""
    require(can_mentor(actor))
    me = own_id(actor)
    with unit_of_work():
        _hold_a_place(me)
        now = clock.now()
        free = (Mentoring.member_id == member_id, waits(), on_terms(Mentoring.member_id, me))
        if not update_where(Mentoring, *free, mentor_id=me, begun_at=now, ends_at=_end(now)):
            raise Conflict(_("This request waits no more."))
        _forget_offers(member_id)
        tell(member_id, "mentoring-begun", f"mentoring:{me}:{now.isoformat()}", member=member_id)


def offer(actor: Actor, member_id: int | None) -> bool:
    """Offer to accompany a member. False when it was offered before: nobody is asked twice."""
    require(can_mentor(actor))
    me = own_id(actor)
    with unit_of_work():
        _hold_a_place(me)
        now = clock.now()
        mine = (
            select(func.count())
            .select_from(MentoringOffer)
            .where(MentoringOffer.mentor_id == me, open_offer())
        )
        if (db.session.scalar(mine) or 0) >= settings.get("mentoring.pairs_most"):
            raise Conflict(_("As many offers of yours wait for an answer as may at once."))
        fits = select(fit(member_id, LEAST, MOST) & on_terms(me, member_id))
        paired = select(Mentoring.member_id).where(Mentoring.member_id == member_id, goes_on())
        if member_id is None or not db.session.scalar(fits) or db.session.scalar(paired) is not None:
            raise Invalid(
                fields={
                    "member": _("There is no member of rank 3 or 4 of this name who is without a mentor.")
                }
            )
        gone = (MentoringOffer.mentor_id == me, MentoringOffer.ends_at <= now)
        db.session.execute(delete(MentoringOffer).where(*gone))
        if (
            insert_once(MentoringOffer, mentor_id=me, member_id=member_id, offered_at=now, ends_at=_end(now))
            is None
        ):
            return False
        tell(member_id, "mentoring-offered", f"mentoring:{me}:{now.isoformat()}")
    return True


def accept(actor: Actor, mentor_id: int, agrees: bool) -> None:
    """Accept an offer. Raises Conflict when it stands no more, or the mentor has no place left."""
    require(can_ask(actor))
    if not agrees:
        raise Invalid(fields={"agrees": _AGREE})
    me = own_id(actor)
    with unit_of_work():
        ending.sweep(me)
        category_id = _hold_a_place(mentor_id, own=False)
        offered = (MentoringOffer.mentor_id == mentor_id, MentoringOffer.member_id == me, open_offer())
        if not affected(
            db.session.execute(
                delete(MentoringOffer).where(*offered).execution_options(synchronize_session=False)
            )
        ):
            raise Conflict(_("This offer stands no more."))
        now = clock.now()
        values = {"mentor_id": mentor_id, "begun_at": now, "ends_at": _end(now)}
        fresh = {"member_id": me, "category_id": category_id, "asked_at": now}
        own = (Mentoring.member_id == me, Mentoring.mentor_id.is_(None))
        if not update_where(Mentoring, *own, **values) and insert_once(Mentoring, **fresh, **values) is None:
            raise Conflict(_("A mentor accompanies you already."))
        _forget_offers(me)
        tell(mentor_id, "mentoring-begun", f"mentoring:{me}:{now.isoformat()}", member=me)


def decline(actor: Actor, mentor_id: int) -> bool:
    """No, thank you; the mentor is not told. False when there was nothing to decline."""
    offered = (MentoringOffer.mentor_id == mentor_id, MentoringOffer.member_id == own_id(actor))
    with unit_of_work():
        waiting = MentoringOffer.declined_at.is_(None)
        return bool(update_where(MentoringOffer, *offered, waiting, declined_at=clock.now()))


_AGREE = _("A mentor needs to see how far you are: without that, nobody can accompany you.")


def _hold_a_place(mentor_id: int, own: bool = True) -> int | None:
    """Nobody else pairs this mentor meanwhile; returns the category of the mandate. Raises Conflict without a place."""
    held = select(Mandate.category_id).where(Mandate.member_id == mentor_id, Mandate.rank == MENTOR)
    row = db.session.execute(held.where(mandate_in_force(mentor_id)).with_for_update(of=Mandate)).first()
    if row is None:
        raise Conflict(_("Your mandate is over.") if own else _("This offer stands no more."))
    pairs = select(func.count()).select_from(Mentoring).where(Mentoring.mentor_id == mentor_id, goes_on())
    if (db.session.scalar(pairs) or 0) >= settings.get("mentoring.pairs_most"):
        full = _("You accompany as many members as may be at once.")
        raise Conflict(full if own else _("This mentor has no place left for the moment."))
    found: int | None = row.category_id
    return found


def _forget_offers(member_id: int) -> None:
    gone = (MentoringOffer.member_id == member_id, MentoringOffer.declined_at.is_(None))
    db.session.execute(delete(MentoringOffer).where(*gone))


def _checked(category_id: int | None, words: str, agrees: bool) -> str:
    faults: dict[str, Sentence | str] = {}
    said = without_cards(" ".join(text.normalise(words).split()))
    if category_id is None or db.session.get(Category, category_id) is None:
        faults["category"] = _("Choose a category.")
    if not said or len(said) > WORDS_MOST:
        faults["words"] = _("Say in 1 to %(high)s characters what you would like.", high=WORDS_MOST)
    if not agrees:
        faults["agrees"] = _AGREE
    if faults:
        raise Invalid(fields=faults)
    return said


def _end(begun: datetime) -> datetime:
    return expiry_of(begun, settings.get("mentoring.months"))
