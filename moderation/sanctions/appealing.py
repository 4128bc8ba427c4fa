"""A member contests a decision; another person answers it; what was wrong is put right (domain/moderation.md §B4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from common import audit, clock, jobs, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.review.queueing import open_item
from moderation.review.rules import FoundBy, ItemType, Reason
from moderation.sanctions import putting_right
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.permissions import can_appeal, can_take_appeal
from moderation.sanctions.rules import APPEAL_LENGTH, WAITING, AppealState
from moderation.sanctions.statements import end_of

ASSIGNED_FOR = timedelta(hours=24)
"""How long an appeal stays with whoever took it: then a colleague may take it over."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What becomes of a decision that was wrong in part: another reason for a text, fewer hours for a measure."""

    reason: Reason | None = None
    hours: int | None = None


def appeal(actor: Actor, statement_id: int, words: str) -> int:
    """Contest a decision: once, and once more with new facts after the answer. Whoever holds the link of its page may; no
    session is needed. Returns its id."""
    words = without_cards(text.normalise(words)).strip()
    low, high = APPEAL_LENGTH
    if not low <= len(words) <= high:
        raise Invalid(
            fields={"text": _("Tell us why in %(low)s to %(high)s characters.", low=low, high=high)}
        )
    with unit_of_work():
        statement = db.session.get(Statement, statement_id, populate_existing=True)
        if statement is None:
            raise NotFound()
        earlier = of_statement(statement_id)
        require(can_appeal(actor, statement, end_of(statement_id), earlier))
        member_id, actor_id, post_id = statement.member_id, statement.actor_id, statement.post_id
        appeal_id = insert_once(
            Appeal, statement_id=statement_id, member_id=member_id, text=words, created_at=clock.now(),
            round=len(earlier) + 1, state=AppealState.SUBMITTED, answer="",
        )  # fmt: skip
        if appeal_id is None:
            raise Conflict(_("You have already contested this decision. The answer comes to your mailbox."))
        item_id = open_item(
            ItemType.APPEAL, appeal_id, post=db.session.get(Post, post_id) if post_id else None, signals=("appeal",), found_by=(FoundBy.RULE,),
            author_id=member_id, excluded_id=actor_id,
        )  # fmt: skip
        update_where(Appeal, Appeal.id == appeal_id, item_id=item_id)
        audit.write(actor, "appeal.submitted", "statement", statement_id)
    return appeal_id


def assign(actor: Actor, appeal_id: int) -> None:
    """Take an appeal: it waits for this person's answer. What somebody has had for a day may be taken over.

    Raises :class:`Conflict` when a colleague has it, or it is answered.
    """
    require(can_take_appeal(actor))
    now = clock.now()
    free = or_(
        Appeal.assigned_to_id.is_(None), Appeal.assigned_to_id == actor.member_id, Appeal.assigned_at < now - ASSIGNED_FOR
    )  # fmt: skip
    with unit_of_work():
        taken = update_where(
            Appeal, Appeal.id == appeal_id, Appeal.state.in_(WAITING), free, state=AppealState.ASSIGNED,
            assigned_to_id=actor.member_id, assigned_at=now,
        )  # fmt: skip
        if not taken:
            raise Conflict(_("A colleague has taken this appeal, or it has been answered."))


def answer(
    actor: Actor, item_id: int, state: AppealState, words: str, amendment: Amendment | None = None
) -> None:
    """Answer an appeal inside the unit of work of the decision; what was wrong is put right, wholly or in part.

    The answer is a person's: the machinery itself answers none (Regulation (EU) 2022/2065, article 20(6)).
    """
    found = db.session.scalar(select(Appeal).where(Appeal.item_id == item_id))
    if found is None:
        raise NotFound()
    if actor.member_id is None:
        raise Invalid(_("An appeal is answered by a person."))
    appeal_id, statement_id, words = found.id, found.statement_id, text.normalise(words).strip()
    assign(actor, appeal_id)
    answered = update_where(
        Appeal, Appeal.id == appeal_id, Appeal.state == AppealState.ASSIGNED, Appeal.assigned_to_id == actor.member_id,
        state=state, answer=words, decided_at=clock.now(), decided_by_id=actor.member_id,
    )  # fmt: skip
    if not answered:
        raise Conflict(_("This appeal has already been answered."))
    if state == AppealState.OVERTURNED:
        putting_right.put_right(actor, statement_id, item_id)
    elif state == AppealState.PARTLY:
        wanted = amendment or Amendment()
        putting_right.amend(actor, statement_id, appeal_id, wanted.reason, wanted.hours, words)
    jobs.enqueue("sanctions.tell_appeal", {"appeal_id": appeal_id}, f"sanctions.tell_appeal:{appeal_id}")


def of_statement(statement_id: int) -> Sequence[Appeal]:
    """The appeals against a decision, the first one first."""
    mine = select(Appeal).where(Appeal.statement_id == statement_id).order_by(Appeal.round)
    return db.session.scalars(mine.execution_options(populate_existing=True)).all()
