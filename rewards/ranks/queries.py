"""Reads of ranks, shaped for pages: the trail, what is missing, the table of what each rank opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rights import opened
from common import clock
from common.db import db
from common.i18n import Sentence, _, date_in_words, n_, number
from forum.browsing.queries import categories_by_id
from rewards.ranks import metrics
from rewards.ranks.explaining.rules import Group, Line, asked, explain, named
from rewards.ranks.explaining.wording import WORDS, Shown, criterion, in_words
from rewards.ranks.models import Alumnus, Mandate, MandateOffer, RankChange, RankReview
from rewards.ranks.reviewing import earliest
from rewards.ranks.rules import TOP, RankName
from rewards.ranks.scale import formulas, rank_name

SHOWN = 6
"""The trail has six stops, R0 to R5; a mentor stands on the last one."""
NOTHING = Group(True, (), True)
"""What a rank without a formula asks."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the trail: ``state`` is past, now or next; ``under`` is the small line below the name."""

    rank: int
    name: RankName
    state: str
    under: Sentence | str | None
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a member is from the next rank: combien, de quoi, pour ouvrir quoi (UX.md §5)."""

    rank: int
    name: RankName
    reputation: int
    next: int | None
    next_name: RankName | None
    points_missing: int
    share: int
    conditions: list[Shown]
    by_invitation: bool
    opens: list[Sentence]
    leaving: list[Sentence]
    frozen_until: datetime | None = None


def progress(member_id: int) -> Progress:
    """A member's rank explained: what counts, its value now, what is missing. A fixed number of queries."""
    read = select(Member.rank, Member.silenced_until, Member.suspended_until).where(Member.id == member_id)
    rank, *measures = db.session.execute(read).one()
    in_force = [until for until in measures if until is not None and until > clock.now()]
    values = metrics.of([member_id]).get(member_id, {})
    following = rank + 1 if rank < TOP else None
    formula = formulas().get(rank + 1)
    way = explain(formula, values) if formula else NOTHING
    return Progress(
        rank=rank, name=rank_name(rank), reputation=int(values.get("rep_total", 0)), next=following,
        next_name=rank_name(following) if following is not None else None,
        points_missing=int(max((part.missing for part in _lines(way, "rep_total")), default=0)), share=int(100 * way.share),
        conditions=[in_words(part) for part in way.parts if part not in _lines(way, "nominated", "charter_signed")],
        by_invitation=bool(_lines(way, "nominated")), opens=opened(following) if following is not None else [],
        leaving=_leaving(member_id, named(way)), frozen_until=max(in_force, default=None),
    )  # fmt: skip


def _lines(way: Group, *metrics: str) -> list[Line]:
    """What a formula asks of these figures in every case."""
    return [part for part in way.parts if isinstance(part, Line) and part.metric in metrics]


def _leaving(member_id: int, named: set[str]) -> list[Sentence]:
    """When something of the windows the formula looks at is too old to count, in the next 60 days. At most two queries."""
    told = []
    if "rep_365d" in named and (next_out := metrics.reputation_leaving(member_id)):
        day, points = next_out
        told.append(
            n_(
                "On %(day)s %(count)s point is older than twelve months and counts here no more.",
                "On %(day)s %(count)s points are older than twelve months and count here no more.",
                points,
                day=date_in_words(day),
            )
        )
    if "active_days_60d" in named and (first := metrics.active_day_leaving(member_id)):
        told.append(
            _(
                "On %(day)s your oldest active day is older than 60 days and counts here no more.",
                day=date_in_words(first),
            )
        )
    return told


def trail(reached: Progress) -> list[Stop]:
    """The trail of the rewards centre: past ranks, here, what is still to come."""
    stops = []
    under: Sentence | str
    for rank in range(SHOWN):
        points = asked(formulas().get(rank), "rep_total")
        if rank == min(reached.rank, SHOWN - 1):
            state, under = "now", _("you are here")
        elif rank < reached.rank:
            state, under = "past", number(int(points)) if points else "0"
        else:
            state = "next"
            if rank == SHOWN - 1:
                under = _("by invitation")
            elif rank == reached.rank + 1 and points and reached.reputation < points:
                under = n_("%(count)s point more", "%(count)s points more", int(points) - reached.reputation)
            else:
                under = number(int(points)) if points else _("first message")
        stops.append(Stop(rank, rank_name(reached.rank if state == "now" else rank), state, under))
    return stops


def path(member_id: int, rank: int, joined_at: datetime) -> tuple[list[Stop], bool]:
    """The trail of a profile: when each rank was reached; and whether the member is an alumnus. One query."""
    was = select(Alumnus.member_id).where(Alumnus.member_id == member_id).exists()
    rows = db.session.execute(
        select(RankChange.new, func.max(RankChange.changed_at), was)
        .where(RankChange.member_id == member_id, RankChange.new > RankChange.old)
        .group_by(RankChange.new)
    )
    found = rows.all()
    reached: dict[int, datetime] = {0: joined_at, **{row[0]: row[1] for row in found}}
    here = min(rank, SHOWN - 1)
    stops = []
    for step in range(SHOWN):
        later = [moment for new, moment in reached.items() if new >= step and new <= rank]
        moment = reached.get(step) or (min(later) if later else None)
        state = "now" if step == here else "past" if step < here else "next"
        stops.append(
            Stop(
                step, rank_name(rank if step == here else step), state, None, moment if step <= here else None
            )
        )
    return stops, any(row[2] for row in found)


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate, or an offer that waits for its answer (``ends_at`` is None)."""

    member: MemberCard
    rank: RankName
    since: datetime
    ends_at: datetime | None
    reason: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class OwnMandate:
    """What a member reads about an offer, a mandate, or the one they had."""

    offered: RankName | None
    held: RankName | None
    signed_at: datetime | None
    ends_at: datetime | None
    alumnus_since: datetime | None


MANDATES_SHOWN = 200


def mandate_rows() -> list[MandateRow]:
    """Offers, then mandates in the order they end. Three queries."""
    offers = list(db.session.scalars(select(MandateOffer).order_by(MandateOffer.offered_at).limit(50)))
    held = list(db.session.scalars(select(Mandate).order_by(Mandate.ends_at).limit(MANDATES_SHOWN)))
    known = cards([one.member_id for one in offers] + [one.member_id for one in held])
    areas = categories_by_id()

    def area(one: MandateOffer | Mandate) -> str:
        found = areas.get(one.category_id or 0)
        return str(found.name) if found else ""

    rows = [
        MandateRow(known[one.member_id], rank_name(one.rank), one.offered_at, None, one.reason, area(one))
        for one in offers
    ]
    return rows + [
        MandateRow(
            known[one.member_id], rank_name(one.rank), one.given_at, one.ends_at, one.reason, area(one)
        )
        for one in held
    ]


def own_mandate(member_id: int) -> OwnMandate | None:
    """One query; None when there is and was nothing."""
    row = db.session.execute(
        select(
            MandateOffer.rank.label("offered"), Mandate.rank.label("held"), Mandate.charter_signed_at,
            Mandate.ends_at, Alumnus.since,
        )
        .select_from(Member)
        .outerjoin(MandateOffer, MandateOffer.member_id == Member.id)
        .outerjoin(Mandate, Mandate.member_id == Member.id)
        .outerjoin(Alumnus, Alumnus.member_id == Member.id)
        .where(Member.id == member_id)
    ).first()  # fmt: skip
    if row is None or not any(row):
        return None
    name = {rank: rank_name(rank) for rank in (row.offered, row.held) if rank is not None}
    return OwnMandate(
        name.get(row.offered), name.get(row.held), row.charter_signed_at, row.ends_at, row.since
    )


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An expert of whom something is missing: what, since when the member knows, and whether the team may decide now."""

    member: MemberCard
    told_at: datetime
    missing: list[Sentence]
    ripe_at: datetime | None


REVIEWS_SHOWN = 100


def reviews_waiting() -> list[ReviewRow]:
    """Reviews that wait for a manager, the oldest first. Two queries."""
    found = db.session.execute(
        select(RankReview.member_id, RankReview.told_at, RankReview.missing)
        .where(RankReview.told_at.is_not(None))
        .order_by(RankReview.told_at, RankReview.member_id)
        .limit(REVIEWS_SHOWN)
    ).all()
    known, now = cards(row.member_id for row in found), clock.now()
    return [
        ReviewRow(
            known[row.member_id], row.told_at, [WORDS[name] for name in row.missing if name in WORDS],
            ripe if (ripe := earliest(row.told_at)) > now else None,
        )
        for row in found
    ]  # fmt: skip


def is_alumnus(member_id: int) -> bool:
    """Whether a member was a super-user or mentor and ended in honour. One query."""
    return db.session.scalar(select(Alumnus.member_id).where(Alumnus.member_id == member_id)) is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of ranks."""

    rank: int
    name: RankName
    points: Sentence | str
    criteria: list[str]
    opens: str


def table() -> list[Row]:
    """Rank, criteria, rights, for everybody to read; no query."""
    rows = []
    scale = formulas()
    for rank in range(TOP + 1):
        formula = scale.get(rank)
        way = explain(formula, {}) if formula else NOTHING
        points = asked(formula, "rep_total")
        words: Sentence | str = number(int(points)) if points else "0" if rank < 2 else _("by invitation")
        shown = [part for part in way.parts if not points or part not in _lines(way, "rep_total")]
        rows.append(
            Row(rank, rank_name(rank), words, [criterion(part) for part in shown], _listed(opened(rank)))
        )
    return rows


def _listed(rights: list[Sentence]) -> str:
    words = ", ".join(map(str, rights))
    return words[:1].upper() + words[1:]
