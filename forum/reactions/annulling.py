"""A vote taken off by the house, and given back: the package above decides which, and why.

An annulled vote is a withdrawn one that cannot be given again. All of it runs inside the unit of work of the decision.
"""

from __future__ import annotations

from sqlalchemy import select

from common import clock, freshness
from common.db import db, update_where
from common.unit_of_work import record
from forum import events
from forum.questions.models import Kudos, MeToo, Post, Question
from forum.questions.writing import hold_thread


def annul_kudos(kudos_id: int) -> bool:
    """Take a thumbs-up off its post. False when it did not count any more; it cannot be given again either way."""
    vote = db.session.execute(
        select(Kudos.post_id, Kudos.member_id, Kudos.sequence).where(Kudos.id == kudos_id)
    ).first()
    if vote is None:
        return False
    hold_thread(vote.post_id)
    if not _take_off(Kudos, kudos_id):
        return False
    update_where(Post, Post.id == vote.post_id, kudos_count=Post.kudos_count - 1)
    author_id = _author_and_touch(vote.post_id)
    record(events.KudosWithdrawn(vote.post_id, author_id, vote.member_id, vote.sequence))
    return True


def restore_kudos(kudos_id: int) -> bool:
    """Put an annulled thumbs-up back. False when it was not annulled."""
    vote = db.session.execute(select(Kudos.post_id, Kudos.member_id).where(Kudos.id == kudos_id)).first()
    if vote is None:
        return False
    hold_thread(vote.post_id)
    if not _put_back(Kudos, kudos_id):
        return False
    update_where(Post, Post.id == vote.post_id, kudos_count=Post.kudos_count + 1)
    author_id = _author_and_touch(vote.post_id)
    sequence = db.session.scalar(select(Kudos.sequence).where(Kudos.id == kudos_id)) or 1
    record(events.KudosGiven(vote.post_id, author_id, vote.member_id, sequence))
    return True


def annul_me_too(me_too_id: int) -> bool:
    """The same for a me-too."""
    vote = _me_too(me_too_id)
    if vote is None:
        return False
    hold_thread(vote.question_id)
    if not _take_off(MeToo, me_too_id):
        return False
    update_where(Question, Question.id == vote.question_id, me_too_count=Question.me_too_count - 1)
    for place in {vote.question_id, vote.carried_from_id or vote.question_id}:
        record(events.MeTooWithdrawn(place, _author_and_touch(place), vote.member_id, vote.sequence))
    return True


def restore_me_too(me_too_id: int) -> bool:
    """Put an annulled me-too back."""
    vote = _me_too(me_too_id)
    if vote is None:
        return False
    hold_thread(vote.question_id)
    if not _put_back(MeToo, me_too_id):
        return False
    update_where(Question, Question.id == vote.question_id, me_too_count=Question.me_too_count + 1)
    place = vote.carried_from_id or vote.question_id
    record(events.MeTooGiven(place, _author_and_touch(place), vote.member_id, vote.sequence + 1))
    return True


def _me_too(me_too_id: int):
    columns = (MeToo.question_id, MeToo.member_id, MeToo.sequence, MeToo.carried_from_id)
    return db.session.execute(select(*columns).where(MeToo.id == me_too_id)).first()


def _take_off(vote: type[Kudos] | type[MeToo], vote_id: int) -> bool:
    now, fresh = clock.now(), (vote.id == vote_id, vote.annulled_at.is_(None))
    if update_where(vote, *fresh, vote.withdrawn_at.is_(None), withdrawn_at=now, annulled_at=now):
        return True
    update_where(vote, *fresh, annulled_at=now)
    return False


def _put_back(vote: type[Kudos] | type[MeToo], vote_id: int) -> bool:
    anew = {"withdrawn_at": None, "annulled_at": None, "sequence": vote.sequence + 1}
    return bool(update_where(vote, vote.id == vote_id, vote.annulled_at.is_not(None), **anew))


def _author_and_touch(post_id: int) -> int | None:
    row = db.session.execute(select(Post.author_id, Post.question_id).where(Post.id == post_id)).one()
    freshness.touch(f"question:{row.question_id or post_id}")
    return row.author_id
