"""Lift a mask: what was written under it bears its author's name from now on. There is no way back: it was public."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, or_, select

from accounts.masks.wearing import lift
from common.db import db, update_where
from common.freshness import touch
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.claims.models import AnsweringClaim
from forum.invitations.models import AnswerInvitation
from forum.masks.permissions import can_lift
from forum.masks.wearing import under_mask
from forum.pointing.models import DuplicateHint
from forum.positions.models import ReadPosition
from forum.questions.models import (
    Follow,
    HelpedMark,
    Kudos,
    MeToo,
    PendingEdit,
    Post,
    Proposal,
    Question,
    Revision,
    Sending,
)
from forum.questions.rules import PostKind
from forum.questions.writing import standing_question
from forum.suggestions.models import SuggestedEdit

_ONCE: tuple[tuple[Any, Any], ...] = (
    (Follow.member_id, Follow.question_id),
    (ReadPosition.member_id, ReadPosition.question_id),
    (Kudos.member_id, Kudos.post_id),
    (HelpedMark.member_id, HelpedMark.post_id),
    (MeToo.member_id, MeToo.question_id),
)
"""One row of a member for each of these: where the person has one already (a thread that was merged), the mask's stays."""

_NAMED: tuple[Any, ...] = (
    Post.author_id, PendingEdit.editor_id, SuggestedEdit.member_id, SuggestedEdit.decided_by_id, AnswerInvitation.inviter_id,
    Proposal.proposer_id, Proposal.ended_by_id, DuplicateHint.member_id, DuplicateHint.decided_by_id,
)  # fmt: skip


def lift_mask(actor: Actor, question_id: int) -> bool:
    """Show who asked, in this thread or in one that was merged into it. True when that is new. Raises NotFound, Forbidden."""
    with unit_of_work():
        thread_id = standing_question(actor, question_id).id
        actor = under_mask(actor, thread_id)
        if actor.behind_id is None and actor.member_id in _askers(thread_id):
            return False
        require(can_lift(actor))
        mask_id, person_id = actor.member_id or 0, actor.person_id or 0
        if not lift(person_id, mask_id):
            return False
        written = _written(mask_id)
        _rename(mask_id, person_id, [post_id for posts in written.values() for post_id, _kind in posts])
        touch(f"member:{person_id}", f"question:{thread_id}")
        for thread_id, posts in sorted(written.items()):
            texts = tuple(post_id for post_id, kind in posts if kind != PostKind.COMMENT)
            record(events.MaskLifted(thread_id, mask_id, person_id, texts))
        return True


def _askers(question_id: int) -> set[int | None]:
    asked = select(Question.author_id).where(
        or_(Question.id == question_id, Question.merged_into_id == question_id)
    )
    return set(db.session.scalars(asked))


def _written(mask_id: int) -> dict[int, list[tuple[int, PostKind]]]:
    """Thread → what was written there under the mask."""
    found: dict[int, list[tuple[int, PostKind]]] = {}
    thread = func.coalesce(Post.question_id, Post.id)
    for thread_id, post_id, kind in db.session.execute(
        select(thread, Post.id, Post.kind).where(Post.author_id == mask_id)
    ):
        found.setdefault(thread_id, []).append((post_id, PostKind(kind)))
    return found


def _rename(mask_id: int, person_id: int, post_ids: list[int]) -> None:
    for table in (Sending, AnsweringClaim):
        gone = delete(table).where(table.member_id == mask_id)
        db.session.execute(gone.execution_options(synchronize_session=False))
    for member, target in _ONCE:
        there = select(target).where(member == person_id)
        mine = (member == mask_id, target.not_in(there))
        update_where(member.class_, *mine, **{member.key: person_id})
    for column in _NAMED:
        update_where(column.class_, column == mask_id, **{column.key: person_id})
    versions = (Revision.post_id.in_(post_ids), Revision.editor_id == mask_id)
    update_where(Revision, *versions, editor_id=person_id)
