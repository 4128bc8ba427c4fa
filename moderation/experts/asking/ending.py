"""How an invitation ends: answered, declined, or over by itself; and what that says about asking again.

Every end is one conditional update, so it is counted once whoever comes first. Source: domain/escalation.md §C5.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from accounts.masks.queries import person_of
from accounts.notifications import telling
from common import clock, settings
from common.db import db, insert_once, update_where
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from moderation.escalation import clocks
from moderation.escalation.clocks import Outcome
from moderation.experts.asking.courtesy_rules import COUNTED, InvitationState, lapse
from moderation.experts.asking.waves import cause_of
from moderation.experts.models import ExpertInvitation, ExpertMute, ExpertWish

BATCH = 500
OVER = (Outcome.SOLVED, Outcome.CLOSED, Outcome.PRIVATE, Outcome.GONE)
"""What a thread comes to that needs nobody any more; any other answer leaves the invitations open."""


def settle(question_id: int) -> int:
    """End the open invitations of a question that are over now; returns how many. Repeating it changes nothing."""
    with unit_of_work():
        open_ = _open(ExpertInvitation.question_id == question_id)
        if not open_:
            return 0
        wrote = _first_answers(question_id)
        thread = clocks.thread_of(question_id)
        mine = {one.id for one in open_ if one.member_id in wrote and wrote[one.member_id] >= one.invited_at}
        done = sum(_end(one, InvitationState.ANSWERED) for one in open_ if one.id in mine)
        if thread.outcome in OVER:
            rest = (one for one in open_ if one.id not in mine)
            done += sum(_lapse(one, wrote, gone=thread.outcome is not Outcome.SOLVED) for one in rest)
        return done


def sweep() -> int:
    """End the invitations whose time is over; returns how many."""
    done = 0
    query = select(ExpertInvitation.id).where(
        ExpertInvitation.state == InvitationState.OPEN, ExpertInvitation.lapses_at <= clock.now()
    )
    ids = list(db.session.scalars(query.order_by(ExpertInvitation.lapses_at).limit(BATCH)))
    db.session.rollback()
    for invitation_id in ids:
        with unit_of_work():
            one = db.session.get_one(ExpertInvitation, invitation_id, populate_existing=True)
            done += _lapse(one, _first_answers(one.question_id), gone=False)
    return done


def decline(invitation_id: int) -> bool:
    """No, thank you: nobody is told. Declining twice in a category leaves it alone for a while. True when it was open."""
    with unit_of_work():
        one = db.session.get(ExpertInvitation, invitation_id, populate_existing=True)
        if one is None or not _end(one, InvitationState.DECLINED):
            return False
        since = clock.now() - timedelta(days=settings.get("experts.mute_days"))
        count = db.session.scalar(
            select(func.count()).where(
                ExpertInvitation.member_id == one.member_id, ExpertInvitation.category_id == one.category_id,
                ExpertInvitation.state == InvitationState.DECLINED, ExpertInvitation.ended_at > since,
            )
        )  # fmt: skip
        if (count or 0) >= settings.get("experts.declines_to_mute"):
            until = clock.now() + timedelta(days=settings.get("experts.mute_days"))
            mute(one.member_id, one.category_id, until)
        return True


def mute(member_id: int, category_id: int, until: datetime | None = None) -> bool:
    """Ask the member no more about a category: until then, or (None) for good, which an end never shortens."""
    with unit_of_work():
        key = (ExpertMute.member_id == member_id, ExpertMute.category_id == category_id)
        if insert_once(ExpertMute, member_id=member_id, category_id=category_id, until=until) is not None:
            return True
        return bool(update_where(ExpertMute, *key, ExpertMute.until.is_not(None), until=until))


def unmute(member_id: int, category_id: int) -> None:
    """The member may be asked about it again."""
    with unit_of_work():
        key = (ExpertMute.member_id == member_id, ExpertMute.category_id == category_id)
        db.session.execute(delete(ExpertMute).where(*key))


def _open(*criteria: Any) -> list[ExpertInvitation]:
    query = select(ExpertInvitation).where(*criteria, ExpertInvitation.state == InvitationState.OPEN)
    rows = db.session.scalars(query.order_by(ExpertInvitation.member_id).limit(BATCH))
    return list(rows)


def _first_answers(question_id: int) -> dict[int, datetime]:
    """Person → when their first published answer in the thread came; the asker's do not count."""
    asker = select(person_of(Post.author_id)).where(Post.id == question_id).scalar_subquery()
    person = person_of(Post.author_id).label("person")
    query = select(person, func.min(Post.published_at)).where(
        Post.question_id == question_id, Post.kind == PostKind.ANSWER, Post.state == PostState.PUBLISHED,
        person.is_distinct_from(asker),
    )  # fmt: skip
    return {row[0]: row[1] for row in db.session.execute(query.group_by(person)) if row[0] is not None}


def _lapse(one: ExpertInvitation, wrote: dict[int, datetime], gone: bool) -> bool:
    """Over without a word: of a question that was taken away, or that others were quick to answer, it says nothing."""
    others = [at for member_id, at in wrote.items() if member_id != one.member_id]
    harmless = timedelta(minutes=settings.get("experts.harmless_minutes"))
    state = InvitationState.SPARED if gone else lapse(one.invited_at, min(others, default=None), harmless)
    return _end(one, state)


def _end(one: ExpertInvitation, state: InvitationState) -> bool:
    invitation_id, member_id = one.id, one.member_id
    still = (ExpertInvitation.id == invitation_id, ExpertInvitation.state == InvitationState.OPEN)
    if not update_where(ExpertInvitation, *still, state=state, ended_at=clock.now()):
        return False
    for kind in ("expert-asked", "expert-asked-now"):
        telling.withdraw(cause=cause_of(invitation_id), kind=kind)
    if state in COUNTED:
        _count(member_id, state)
    return True


def _count(member_id: int, state: InvitationState) -> None:
    """What the end says about the member; five in a row without a word, and the house is silent for a while."""
    ignored = state is InvitationState.IGNORED
    update_where(
        ExpertWish,
        ExpertWish.member_id == member_id,
        invited_count=ExpertWish.invited_count + 1,
        answered_count=ExpertWish.answered_count + int(state is InvitationState.ANSWERED),
        ignored_count=ExpertWish.ignored_count + 1 if ignored else 0,
    )
    until = clock.now() + timedelta(days=settings.get("experts.pause_days"))
    enough = ExpertWish.ignored_count >= settings.get("experts.ignored_to_pause")
    if ignored and update_where(
        ExpertWish, ExpertWish.member_id == member_id, enough, ignored_count=0, paused_until=until
    ):
        telling.tell(
            member_id, "experts-paused", f"experts-paused:{until:%Y%m%d}", until=int(until.timestamp())
        )
