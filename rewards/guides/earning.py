"""What a member's guide brings its author: when it is published, and when readers say that it helped.

Source: domain/rewards.md §A1.2, `tip.published` and `tip.upvoted`. The lines stand at no post; they go while the guide is
withdrawn and come back with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db
from forum.content.guides.helping import voter_key
from forum.content.guides.models import Guide, GuideVerdict
from forum.content.guides.proposals.models import GuideProposal
from forum.content.guides.rules import GuideState
from rewards.abuse import checking
from rewards.ledger import balances, booking
from rewards.ledger.booking import Line, Place
from rewards.ledger.causes import add_reader
from rewards.ledger.limits import limits, rule
from rewards.ledger.models import LedgerEntry
from rewards.ledger.pointing import paid_lately
from rewards.ledger.rules import (
    NOTHING,
    Account,
    Cause,
    CauseType,
    Pay,
    Withheld,
    is_strong_voter,
    numbered_pay,
    vote_pay,
)
from rewards.ledger.settling import paid_by


@dataclass(frozen=True, slots=True)
class WrittenGuide:
    """A guide that a member proposed and others validated. ``holds``: it is published."""

    author_id: int
    is_staff: bool
    holds: bool


def written(guide_id: int) -> WrittenGuide | None:
    """What became of a guide; None for one that no member proposed."""
    row = db.session.execute(
        select(GuideProposal.author_id, Member.role, Guide.state)
        .join(Guide, Guide.id == GuideProposal.guide_id)
        .join(Member, Member.id == GuideProposal.author_id)
        .where(GuideProposal.guide_id == guide_id)
    ).first()
    return WrittenGuide(row.author_id, row.role in STAFF, row.state == GuideState.PUBLISHED) if row else None


def settle_guide(guide_id: int, actor_id: int | None = None) -> None:
    """What a guide that a member proposed brings while it is published, inside the open unit of work.

    One that is withdrawn and published again takes no second turn of the week.
    """
    found = written(guide_id)
    if found is None:
        return
    cause = Cause(CauseType.GUIDE, str(guide_id))
    balances.lock([found.author_id])
    if not found.holds:
        booking.reverse_cause(cause, actor_id, "undone")
        booking.reverse(booking.live_lines(*_votes_for(found, guide_id)), actor_id, "undone")
        return
    paid = rule("tip.published")
    lately = paid_lately(found.author_id, paid.key, days=7, but=cause.id)
    most = limits().guides_a_week
    pay = numbered_pay(paid, staff=found.is_staff, paid=lately, most=most, why=Withheld.WEEK_LIMIT)
    booking.credit(found.author_id, paid, cause, pay, Place(), actor_id)
    for line in booking.last_undone_lines(*_votes_for(found, guide_id)):
        if _helped(guide_id, int(line.cause.id.partition("/")[2])):
            booking.bring_back(line, actor_id)


def settle_helped(guide_id: int, voter_id: int) -> None:
    """What a member who says that a guide helped brings its author, inside the open unit of work."""
    found = written(guide_id)
    if found is None:
        return
    cause = Cause(CauseType.GUIDE_HELPED, f"{guide_id}/{voter_id}")
    balances.lock([found.author_id])
    if not (found.holds and _helped(guide_id, voter_id)):
        booking.reverse_cause(cause, voter_id, "undone")
        return
    paid, bounds = rule("tip.upvoted"), limits()
    voter = db.session.execute(select(Member.rank, Member.joined_at).where(Member.id == voter_id)).one()
    pay = vote_pay(
        paid, own=found.author_id == voter_id, staff=found.is_staff, limits=bounds, most_per_post=bounds.per_tip,
        strong_voter=is_strong_voter(voter.rank, voter.joined_at, clock.now(), bounds),
        paid_on_post=_paid(found, guide_id) + paid.amounts.reputation - 1, paid_by_pair=paid_by(voter_id, found.author_id),
    )  # fmt: skip
    if pay.payable and (why := checking.why_not(voter_id, found.author_id)):
        pay = Pay(pay.requested, NOTHING, why)
    booking.credit(found.author_id, paid, cause, pay, Place(), voter_id)


def _votes_for(found: WrittenGuide, guide_id: int) -> tuple:
    e = LedgerEntry
    of_guide = e.cause_id.startswith(f"{guide_id}/", autoescape=True)
    return e.member_id == found.author_id, e.cause_type == CauseType.GUIDE_HELPED, of_guide


def _paid(found: WrittenGuide, guide_id: int) -> int:
    """The reputation that the votes for a guide brought and that stands."""
    e = LedgerEntry
    mine = (*_votes_for(found, guide_id), e.account == Account.REPUTATION)
    return db.session.scalar(select(func.coalesce(func.sum(e.granted), 0)).where(*mine)) or 0


def _helped(guide_id: int, voter_id: int) -> bool:
    mine = (GuideVerdict.guide_id == guide_id, GuideVerdict.voter == voter_key(voter_id))
    return db.session.scalar(select(GuideVerdict.helped).where(*mine)) or False


def _unpublished(lines: list[Line]) -> Iterable[Line]:
    ids = {int(line.cause.id.partition("/")[0]) for line in lines}
    there = set(
        db.session.scalars(select(Guide.id).where(Guide.id.in_(ids), Guide.state == GuideState.PUBLISHED))
    )
    return [line for line in lines if int(line.cause.id.partition("/")[0]) not in there]


def _unhelped(lines: list[Line]) -> Iterable[Line]:
    ids = {int(line.cause.id.partition("/")[0]) for line in lines}
    v = GuideVerdict
    said = set(
        db.session.execute(
            select(v.guide_id, v.voter).where(v.guide_id.in_(ids), v.helped.is_(True))
        ).tuples()
    )
    gone = {line.id for line in _unpublished(lines)}
    for line in lines:
        guide_id, _slash, voter_id = line.cause.id.partition("/")
        if line.id in gone or (int(guide_id), voter_key(int(voter_id))) not in said:
            yield line


add_reader(CauseType.GUIDE, _unpublished)
add_reader(CauseType.GUIDE_HELPED, _unhelped)
