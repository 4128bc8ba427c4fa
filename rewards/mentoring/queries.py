"""Reads of mentoring. A pair is seen by the two alone; managers see how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from accounts.members.permissions import own_id
from accounts.members.queries import MemberCard, cards
from common import settings
from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id
from forum.members.queries import Contribution, answers_page
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.mentoring.permissions import can_ask, can_mentor
from rewards.mentoring.standing import goes_on, mandate_in_force, on_terms, open_offer, waits
from rewards.ranks.models import Mandate
from rewards.ranks.permissions import can_appoint
from rewards.ranks.queries import Progress, progress
from rewards.ranks.rules import MENTOR

SHOWN = 50
ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A request, a pair or an offer: ``person`` is the other one, or who asks."""

    member_id: int
    person: MemberCard | None
    category: str
    words: str
    at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """One's own page. As a member: ``own`` and ``offers``; as a mentor: ``pairs``, ``requests`` and places left."""

    own: Row | None
    offers: list[Row]
    pairs: list[Row]
    requests: list[Row]
    may_ask: bool
    may_mentor: bool
    places: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The page of the two: how far the member is, and what they answered lately."""

    row: Row
    other: MemberCard
    member: MemberCard
    mentors: bool
    progress: Progress
    answers: list[Contribution]


def board(actor: Actor) -> Board:
    """What a member sees of mentoring. Six statements at most."""
    me, mentors = own_id(actor), bool(can_mentor(actor)) and _holds(actor)
    table = Mentoring
    own = _rows(select(table).where(table.member_id == me, or_(goes_on(), waits())), me)
    pairs = _rows(select(table).where(table.mentor_id == me, goes_on()).order_by(table.begun_at), me)
    places = max(0, settings.get("mentoring.pairs_most") - len(pairs))
    accompanied = bool(own) and own[0].person is not None
    offers = _offers(me) if can_ask(actor) and not accompanied else []
    return Board(
        own[0] if own else None, offers, pairs, _requests(me) if mentors else [], bool(can_ask(actor)) and not own, mentors, places
    )  # fmt: skip


def pair(actor: Actor, member_id: int) -> Pair:
    """The page of a pair, for the two. Raises NotFound for everybody else, as if there were none."""
    me, table = own_id(actor), Mentoring
    among = or_(table.member_id == me, table.mentor_id == me)
    found = _rows(select(table).where(table.member_id == member_id, among, goes_on()), me)
    if not found or found[0].person is None:
        raise NotFound()
    known = cards([member_id])
    return Pair(
        found[0], found[0].person, known[member_id], me != member_id, progress(member_id),
        list(answers_page(member_id, "", ANSWERS).items),
    )  # fmt: skip


def counts(actor: Actor) -> tuple[int, int]:
    """(pairs, requests that wait), for managers: whose they are is nobody's business."""
    require(can_appoint(actor))
    pairs, waiting = (
        db.session.scalar(select(func.count()).select_from(Mentoring).where(what)) or 0
        for what in (goes_on(), waits())
    )
    return pairs, waiting


def _holds(actor: Actor) -> bool:
    return bool(db.session.scalar(select(mandate_in_force(actor.member_id))))


def _requests(me: int) -> list[Row]:
    """What waits, those of the mandate's category first, then the oldest."""
    mine = (
        select(Mandate.category_id).where(Mandate.member_id == me, Mandate.rank == MENTOR).scalar_subquery()
    )
    here = func.coalesce(Mentoring.category_id == mine, False)
    query = select(Mentoring).where(waits(), on_terms(Mentoring.member_id, me))
    return _rows(query.order_by(here.desc(), Mentoring.asked_at, Mentoring.member_id).limit(SHOWN), me)


def _offers(me: int) -> list[Row]:
    query = select(MentoringOffer).where(MentoringOffer.member_id == me, open_offer())
    found = db.session.scalars(query.order_by(MentoringOffer.id).limit(SHOWN)).all()
    known = cards(one.mentor_id for one in found)
    return [Row(me, known[one.mentor_id], "", "", one.offered_at, one.ends_at) for one in found]


def _rows(query, me: int) -> list[Row]:  # type: ignore[no-untyped-def]
    found, names = db.session.scalars(query).all(), categories_by_id()
    others = {one.member_id: one.mentor_id if one.member_id == me else one.member_id for one in found}
    known = cards(one for one in others.values() if one is not None)
    return [
        Row(
            one.member_id, known[other] if (other := others[one.member_id]) is not None else None,
            str(names[one.category_id].name) if one.category_id in names else "", one.words, one.begun_at or one.asked_at, one.ends_at,
        )
        for one in found
    ]  # fmt: skip
