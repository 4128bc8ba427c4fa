"""A decision is taken back within seconds, before anybody was told: a second row, and the item waits again."""

from __future__ import annotations

from sqlalchemy import select

from common import audit, clock, jobs
from common.db import db, insert_once
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.events import ItemUndone
from moderation.flags import of_people, settling
from moderation.review import carrying, numbers
from moderation.review.deciding import hold_text
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.permissions import can_take_part
from moderation.review.queueing import open_item
from moderation.review.rules import FINAL, NOT_UNDONE, Decision, ItemType, undo_open
from moderation.sanctions import striking
from moderation.sanctions.rules import End
from moderation.sanctions.statements import end_statement, hide_again, of_decision


class TooLate(Conflict):
    """The seconds are over in which a decision can be taken back."""


def undo(actor: Actor, item_id: int) -> int:
    """Take back one's own decision; returns the item that waits instead. Raises :class:`Conflict` when it is too
    late (:class:`TooLate`), when it was taken back before, or when the text has moved on."""
    require(can_take_part(actor))
    with unit_of_work():
        hold_text(item_id)
        decision = db.session.scalar(select(ReviewDecision).where(ReviewDecision.item_id == item_id))
        if decision is None:
            raise NotFound()
        _check(actor, decision)
        decision_id, post_id = decision.id, decision.post_id
        before, after, undone = decision.state_before, decision.state_after, decision.decision
        undo_id = insert_once(
            DecisionUndo, decision_id=decision_id, actor_id=actor.member_id, undone_at=clock.now()
        )
        if undo_id is None:
            raise Conflict(_("This decision has already been undone."))
        item = db.session.get_one(ReviewItem, item_id)
        if item.kind == ItemType.EDIT:
            carrying.edit_waits_again(decision, item.signals, item.created_at)
        after = carrying.take_back(actor, decision) or after
        if before != after:
            publishing.put_back(actor, post_id, PostState(after), PostState(before))
        if undone == Decision.SEND_BACK:
            publishing.not_sent_back(publishing.load(post_id))
        if before == PostState.HIDDEN and after == PostState.PUBLISHED:
            hide_again(actor, post_id, decision_id)
        statement = of_decision(decision_id)
        if statement is not None:
            statement_id = statement.id
            end_statement(actor, statement_id, End.UNDONE)
            for strike_id in striking.of_statement(statement_id):
                striking.undo(actor, strike_id)
        settling.reopen(item_id)
        of_people.reopen(db.session.get_one(ReviewItem, item_id, populate_existing=True))
        jobs.cancel(f"review.tell:{decision_id}")
        new_id = _wait_again(item_id, post_id)
        record(ItemUndone(item_id, new_id))
        audit.write(
            actor,
            "review.undone",
            "review_item",
            item_id,
            {"state": after},
            {"state": before, "item": new_id},
        )
    return new_id


def is_undone(decision_id: int) -> bool:
    """Whether a decision was taken back."""
    return (
        db.session.scalar(select(DecisionUndo.id).where(DecisionUndo.decision_id == decision_id)) is not None
    )


def can_undo(decision: ReviewDecision, kind: ItemType) -> bool:
    """Whether a decision is of the sort that can be taken back, and recent enough."""
    if kind in NOT_UNDONE or decision.decision in FINAL:
        return False
    return undo_open(decision.decided_at, clock.now(), numbers.lease_numbers())


def last_undoable(actor: Actor) -> tuple[int, str] | None:
    """The moderator's last decision while it can be taken back: (item, decision)."""
    mine = select(ReviewDecision).where(ReviewDecision.actor_id == actor.member_id)
    decision = db.session.scalar(mine.order_by(ReviewDecision.id.desc()).limit(1))
    if decision is None or is_undone(decision.id):
        return None
    kind = ItemType(db.session.get_one(ReviewItem, decision.item_id).kind)
    return (decision.item_id, decision.decision.value) if can_undo(decision, kind) else None


def _check(actor: Actor, decision: ReviewDecision) -> None:
    kind = ItemType(db.session.get_one(ReviewItem, decision.item_id).kind)
    if decision.actor_id != actor.member_id:
        raise Conflict(_("Only your own last decision can be undone."))
    if kind in NOT_UNDONE or decision.decision in FINAL:
        raise Conflict(_("A decision of this sort cannot be undone."))
    if not undo_open(decision.decided_at, clock.now(), numbers.lease_numbers()):
        raise TooLate(_("It is too late to undo: the member has been told. Restore the text instead."))


def _wait_again(item_id: int, post_id: int | None) -> int:
    item = db.session.get_one(ReviewItem, item_id, populate_existing=True)
    post, kind = (
        db.session.get(Post, post_id, populate_existing=True) if post_id else None,
        ItemType(item.kind),
    )
    return open_item(
        kind, item.target_id, post=post, version=item.target_version if kind == ItemType.EDIT else None, signals=tuple(item.signals), found_by=item.found_by, klass=item.klass,
        score=item.score, previous_id=item_id, created_at=item.created_at,
        author_id=None if post and kind != ItemType.EDIT else item.author_id, excluded_id=item.excluded_id,
    )  # fmt: skip
