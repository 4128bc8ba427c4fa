"""A member contests a decision; another person answers it; what was wrong is put right (domain/moderation.md §B4)."""

from __future__ import annotations

from sqlalchemy import select

from common import audit, clock, jobs, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.flags import settling
from moderation.review.models import ReviewDecision
from moderation.review.queueing import open_item
from moderation.review.rules import ItemType
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd
from moderation.sanctions.permissions import can_appeal
from moderation.sanctions.rules import APPEAL_LENGTH, AppealState, End, SanctionKind, SanctionState
from moderation.sanctions.sanctioning import end_sanction
from moderation.sanctions.statements import end_statement
from rewards.ledger import repaying
from rewards.promotions import keeping

RESTORABLE = (PostState.HIDDEN, PostState.REJECTED, PostState.REMOVED)


def appeal(actor: Actor, statement_id: int, words: str) -> int:
    """Contest a decision, once. Whoever holds the link of its page may; no session is needed. Returns its id."""
    words = text.normalise(words).strip()
    low, high = APPEAL_LENGTH
    if not low <= len(words) <= high:
        raise Invalid(
            fields={"text": _("Tell us why in %(low)s to %(high)s characters.", low=low, high=high)}
        )
    with unit_of_work():
        statement = db.session.get(Statement, statement_id, populate_existing=True)
        if statement is None:
            raise NotFound()
        require(can_appeal(actor, statement, is_over(statement_id), of_statement(statement_id) is not None))
        member_id, actor_id, post_id = statement.member_id, statement.actor_id, statement.post_id
        appeal_id = insert_once(
            Appeal, statement_id=statement_id, member_id=member_id, text=words, created_at=clock.now()
        )
        if appeal_id is None:
            raise Conflict(_("You have already contested this decision. The answer comes to your mailbox."))
        item_id = open_item(
            ItemType.APPEAL, appeal_id, post=db.session.get(Post, post_id) if post_id else None, signals=("appeal",),
            author_id=member_id, excluded_id=actor_id,
        )  # fmt: skip
        update_where(Appeal, Appeal.id == appeal_id, item_id=item_id)
        audit.write(actor, "appeal.submitted", "statement", statement_id)
    return appeal_id


def answer(actor: Actor, item_id: int, overturn: bool, words: str) -> None:
    """Answer an appeal inside the unit of work of the decision; overturned, everything it caused is put right."""
    found = db.session.scalar(select(Appeal).where(Appeal.item_id == item_id))
    if found is None:
        raise NotFound()
    appeal_id, statement_id = found.id, found.statement_id
    state = AppealState.OVERTURNED if overturn else AppealState.UPHELD
    answered = update_where(
        Appeal, Appeal.id == appeal_id, Appeal.state == AppealState.SUBMITTED, state=state,
        answer=text.normalise(words).strip(), decided_at=clock.now(), decided_by_id=actor.member_id,
    )  # fmt: skip
    if not answered:
        raise Conflict(_("This appeal has already been answered."))
    if overturn:
        _put_right(actor, statement_id)
    jobs.enqueue("sanctions.tell_appeal", {"appeal_id": appeal_id}, f"sanctions.tell_appeal:{appeal_id}")


def _put_right(actor: Actor, statement_id: int) -> None:
    statement = db.session.get_one(Statement, statement_id)
    post_id, decision_id = statement.post_id, statement.decision_id
    sanction = db.session.scalar(select(Sanction).where(Sanction.statement_id == statement_id))
    if sanction is not None:
        if sanction.state == SanctionState.ACTIVE and sanction.ends_at > clock.now():
            end_sanction(actor, sanction.id, SanctionState.OVERTURNED, "appeal")
            if sanction.kind == SanctionKind.SUSPENSION:
                keeping.lengthen(sanction.member_id, clock.now() - sanction.begins_at)
        _pay_what_was_withheld(actor, sanction)
        return
    end_statement(actor, statement_id, End.OVERTURNED)
    post = db.session.get(Post, post_id, populate_existing=True) if post_id else None
    if post is not None and post.state in RESTORABLE:
        publishing.restore(actor, post.id)
    if decision_id is not None:
        item_id = db.session.scalar(select(ReviewDecision.item_id).where(ReviewDecision.id == decision_id))
        settling.flip(item_id or 0)


def _pay_what_was_withheld(actor: Actor, wrong: Sanction) -> None:
    """Points of the time of a measure that was wrong, unless another one was in force (domain/moderation.md §B4)."""
    s = Sanction
    others = select(s.begins_at, s.ended_at, s.ends_at).where(
        s.member_id == wrong.member_id, s.id != wrong.id, s.state != SanctionState.OVERTURNED
    )
    right = [(row.begins_at, row.ended_at or row.ends_at) for row in db.session.execute(others)]
    span = (wrong.begins_at, wrong.ended_at or wrong.ends_at)
    repaying.pay_withheld(wrong.member_id, span, right, actor.member_id)


def of_statement(statement_id: int) -> Appeal | None:
    """The appeal against a decision, if there is one."""
    return db.session.scalar(select(Appeal).where(Appeal.statement_id == statement_id))


def is_over(statement_id: int) -> bool:
    """Whether a restriction has ended before its time."""
    return (
        db.session.scalar(select(StatementEnd.id).where(StatementEnd.statement_id == statement_id))
        is not None
    )
