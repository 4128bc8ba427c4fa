"""What came of reports, once: right, wrong, or not counted; and the same taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from accounts.masks.queries import person_of, persons_behind
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, jobs
from common.db import db, update_where
from moderation.flags import misuse
from moderation.flags.models import Flag
from moderation.flags.rules import ROUTING, Came, FlagReason, Outcome, outcome_of
from moderation.flags.telling import tell_reporters
from moderation.legal_notices import settling as legal
from moderation.legal_notices.rules import NoticeOutcome, Place, Subject
from moderation.review.queueing import cancel_reports
from rewards.ledger.booking import Line
from rewards.ledger.causes import add_reader
from rewards.ledger.pointing import settle_report
from rewards.ledger.rules import CauseType


def settle(post_id: int, item_id: int | None, came: Came, brigade: bool = False) -> int:
    """Close the active reports of a post with what a decision did to it; returns how many."""
    active = (Flag.post_id == post_id, Flag.active_key.is_not(None))
    reporters, outcomes = _reporters(*active), {one: outcome_of(came, one, brigade) for one in FlagReason}
    for flagger_id in sorted({member_id for _post_id, member_id in reporters}):
        jobs.enqueue("rewards.standing", {"member_id": flagger_id})
        if Outcome.DISAGREED in outcomes.values():
            misuse.look_later(flagger_id, item_id)
    closed = 0
    for outcome in set(outcomes.values()):
        mine = Flag.reason.in_([one for one, said in outcomes.items() if said == outcome])
        closed += update_where(
            Flag, *active, mine, active_key=None, item_id=item_id, outcome=outcome, decided_at=clock.now()
        )
    _reward(reporters)
    legal.settle(Place(Subject.POST, post_id), item_id, _ANSWERS.get(came, NoticeOutcome.KEPT))
    return closed


_ANSWERS = {Came.TAKEN: NoticeOutcome.RESTRICTED, Came.CHANGED: NoticeOutcome.CHANGED}


def ignore(post_id: int) -> int:
    """Close the active reports of a post that is gone without a decision about them."""
    legal.gone(Place(Subject.POST, post_id))
    return update_where(
        Flag, Flag.post_id == post_id, Flag.active_key.is_not(None), active_key=None, outcome=Outcome.IGNORED,
        decided_at=clock.now(),
    )  # fmt: skip


def put_together(post_id: int) -> None:
    """The question went up in another one without a decision about its reports: who asked for another place was right, and
    nobody judged the rest (domain/moderation.md §B3). They hear so."""
    legal.gone(Place(Subject.POST, post_id))
    _answer("put-together", post_id, Flag.reason.in_(ROUTING), Flag.reason.not_in(ROUTING))


def put_in_place(post_id: int, actor_id: int | None) -> None:
    """The question was moved, or linked to the one that was there first, without a decision about its reports: who asked
    for that was right, but whoever did it (domain/moderation.md §B3). They hear so; whatever else was reported still waits."""
    asked = Flag.reason == FlagReason.WRONG_CATEGORY
    own = Flag.flagger_id.is_not_distinct_from(actor_id)
    if _answer("put-in-place", post_id, and_(asked, ~own), and_(asked, own)):
        close_answered(post_id)


def close_answered(post_id: int) -> None:
    """Where no report of a post waits any more, its case is over."""
    left = select(Flag.id).where(Flag.post_id == post_id, Flag.active_key.is_not(None)).limit(1)
    if db.session.scalar(left) is None:
        cancel_reports(post_id)


def _answer(cause: str, post_id: int, right: ColumnElement[bool], unjudged: ColumnElement[bool]) -> bool:
    """Close the active reports of a post that one of the two says something about, and tell who sent them. True where there were
    any."""
    active = (Flag.post_id == post_id, Flag.active_key.is_not(None))
    ids = list(db.session.scalars(select(Flag.id).where(*active, or_(right, unjudged))))
    if not ids:
        return False
    for asked, outcome in ((right, Outcome.AGREED), (unjudged, Outcome.IGNORED)):
        update_where(Flag, *active, asked, active_key=None, outcome=outcome, decided_at=clock.now())
    _reward(_reporters(Flag.id.in_(ids)))
    tell_reporters(f"{cause}:{max(ids)}", post_id, post_id, Flag.id.in_(ids), stands=True)
    return True


def apart_again(post_id: int) -> None:
    """Either of the two is undone: nobody was right or wrong."""
    _turn(*_without_item(post_id), Flag.reason.in_(ROUTING), outcome=Outcome.IGNORED)


def turn_back(post_id: int) -> None:
    """A text that was taken away together with its author's account is back on appeal: reports of it were wrong."""
    _turn(*_without_item(post_id), outcome=Outcome.DISAGREED)
    legal.flip_gone_with_account(post_id)


def _without_item(post_id: int) -> tuple[Any, ...]:
    return (Flag.post_id == post_id, Flag.item_id.is_(None), Flag.outcome == Outcome.AGREED)


def _turn(*criteria: Any, outcome: Outcome) -> None:
    reporters = _reporters(*criteria)
    update_where(Flag, *criteria, outcome=outcome)
    _reward(reporters)


def reopen(item_id: int) -> None:
    """The decision was undone: its reports wait again, unless the same member has reported the same anew meanwhile. Inside the
    open unit of work, which holds the post."""
    mine = Flag.item_id == item_id
    reporters = _reporters(mine)
    decided = db.session.execute(
        select(Flag.id, Flag.post_id, Flag.flagger_id, Flag.reason).where(mine)
    ).all()
    for flag_id, post_id, flagger_id, reason in decided:
        key = key_of(post_id, flagger_id, reason)
        anew = db.session.scalar(select(Flag.id).where(Flag.active_key == key)) is not None
        update_where(
            Flag, Flag.id == flag_id, active_key=None if anew else key, withdrawn_at=clock.now() if anew else None,
            item_id=None, outcome=None, decided_at=None,
        )  # fmt: skip
    _reward(reporters)
    legal.reopen(item_id)


def flip(item_id: int) -> None:
    """The decision was overturned on appeal: reports it had found right were wrong."""
    _turn(Flag.item_id == item_id, Flag.outcome == Outcome.AGREED, outcome=Outcome.DISAGREED)
    legal.flip(item_id)


def _reporters(*criteria: Any) -> set[tuple[int, int]]:
    """(post, member) of these reports."""
    return set(db.session.execute(select(Flag.post_id, Flag.flagger_id).where(*criteria)).tuples())


def _reward(reporters: set[tuple[int, int]]) -> None:
    """Whoever was right earns for it, once a post; whoever turns out wrong loses it (domain/rewards.md §A1.2)."""
    people = persons_behind([member_id for _post_id, member_id in reporters])
    known = {*people.values(), *(member_id for _post_id, member_id in reporters)}
    roles = dict(
        db.session.execute(select(Member.id, Member.role).where(Member.id.in_(known))).tuples().all()
    )
    for post_id, member_id in sorted(reporters, key=lambda one: one[1]):
        mine = (Flag.post_id == post_id, Flag.flagger_id == member_id, Flag.outcome == Outcome.AGREED)
        upheld = db.session.scalar(select(Flag.id).where(*mine).limit(1)) is not None
        person_id = people.get(member_id, member_id)
        settle_report(f"{post_id}/{person_id}", person_id, roles.get(person_id) in STAFF, upheld)


def _disproved(lines: list[Line]) -> list[Line]:
    """Lines of reports that were not right (``ledger.causes``). One whose report is gone with its time proves nothing."""
    posts = {int(one.cause.id.partition("/")[0]) for one in lines}
    rows = db.session.execute(
        select(Flag.post_id, person_of(Flag.flagger_id), Flag.outcome).where(Flag.post_id.in_(posts))
    )
    outcomes: dict[str, set[Outcome | None]] = {}
    for post_id, person_id, outcome in rows:
        outcomes.setdefault(f"{post_id}/{person_id}", set()).add(outcome)
    return [one for one in lines if Outcome.AGREED not in outcomes.get(one.cause.id, {Outcome.AGREED})]


add_reader(CauseType.REPORT, _disproved)


def key_of(post_id: int, flagger_id: int, reason: str) -> str:
    """What makes a report one of its kind while it waits."""
    return f"{post_id}:{flagger_id}:{reason}"
