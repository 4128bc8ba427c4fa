"""Propose an answer as the solution, object to it, take it back; and what happens when nobody objects.

One proposal of a question is open at a time: a conditional update on the question decides who was first. An answer is
proposed once; what the asker declined is not proposed again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.masks.wearing import under_mask
from forum.questions.models import Post, Proposal, Question
from forum.questions.permissions import can_object, can_propose, is_own, member_of
from forum.questions.rules import Ending, HelpState, PostKind, PostState
from forum.questions.writing import clean_reason, published_question, require_shown
from forum.reactions.helpfulness import members_who_said
from forum.solutions import numbers
from forum.solutions.accepting import accept_answer
from forum.solutions.rules import confirms_itself
from forum.solutions.walking import walk


def propose_solution(actor: Actor, question_id: int, answer_id: int) -> bool:
    """Propose an answer as the solution; the asker is told. True when that is new.

    Raises Conflict when there is a solution, or when another answer is proposed, or when this one was proposed before.
    """
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = published_question(actor, question_id)
        answer = db.session.get(Post, answer_id, populate_existing=True)
        if answer is None or answer.kind != PostKind.ANSWER or answer.question_id != question_id:
            raise NotFound()
        require_shown(answer)
        require(can_propose(actor, question, answer))
        if question.proposed_answer_id == answer_id:
            return False
        if question.help_state == HelpState.SOLVED:
            raise Conflict(_("This question already has a solution."))
        asker_id, author_id, now = question.author_id, answer.author_id, clock.now()
        free = (Question.id == question_id, Question.proposed_answer_id.is_(None))
        none_yet = Question.accepted_answer_id.is_(None)
        if not update_where(Question, *free, none_yet, proposed_answer_id=answer_id, proposed_at=now):
            raise Conflict(_("Another answer is proposed already: the person who asked decides first."))
        if not _write_down(question_id, answer_id, member_of(actor)):
            raise Conflict(_("This answer was proposed before, and not kept as the solution."))
        record(events.SolutionProposed(question_id, answer_id, author_id, asker_id, actor.member_id))
        return True


def _write_down(question_id: int, answer_id: int, proposer_id: int) -> bool:
    """One row for each answer; what was taken back, or vanished for a while, may be proposed again."""
    now = clock.now()
    made = {"question_id": question_id, "proposer_id": proposer_id, "proposed_at": now}
    if insert_once(Proposal, answer_id=answer_id, **made) is not None:
        return True
    again = (Proposal.answer_id == answer_id, Proposal.ending.in_((Ending.TAKEN_BACK, Ending.OVERTAKEN)))
    cleared = {"ended_at": None, "ended_by_id": None, "ending": None, "words": ""}
    return bool(update_where(Proposal, *again, **made, **cleared))


def object_to_proposal(actor: Actor, question_id: int, words: str = "") -> bool:
    """Say that the proposed answer is not the solution; who proposed it takes it back that way. True when that is new."""
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = published_question(actor, question_id)
        require(can_object(actor, question))
        said, asker = clean_reason(words), is_own(actor, question)
        mine = (
            Proposal.question_id == question_id,
            Proposal.ended_at.is_(None),
            Proposal.proposer_id == actor.member_id,
        )
        own = db.session.scalar(select(Proposal.id).where(*mine)) is not None
        ended = end(question_id, Ending.TAKEN_BACK if own else Ending.DECLINED, actor.member_id, said)
        if ended and not asker:
            audit.write(actor, "solution.declined", "question", question_id, ended, None, said)
        return ended is not None


def end(question_id: int, ending: Ending, by_id: int | None, words: str = "") -> int | None:
    """The open proposal of a question is over; returns its answer, or None when there was none. Inside a unit of work."""
    thread = (
        Question.__table__.c.id
    )  # locked first, as by all who choose a solution: two never wait for each other
    db.session.execute(select(thread).where(thread == question_id).with_for_update())
    open_ = (Proposal.question_id == question_id, Proposal.ended_at.is_(None))
    answer_id = db.session.scalar(select(Proposal.answer_id).where(*open_))
    if answer_id is None:
        return None
    over = {"ended_at": clock.now(), "ended_by_id": by_id, "ending": ending, "words": words[:200]}
    if not update_where(Proposal, *open_, Proposal.answer_id == answer_id, **over):
        return None
    of_answer = (Question.id == question_id, Question.proposed_answer_id == answer_id)
    update_where(Question, *of_answer, proposed_answer_id=None, proposed_at=None)
    record(events.ProposalEnded(question_id, answer_id, by_id, ending.value))
    return answer_id


def accept_unopposed() -> int:
    """Accept by themselves the proposals that waited long enough and helped enough members; returns how many."""
    terms, now = numbers.confirmation(), clock.now()
    answer = aliased(Post)
    yes, no = members_who_said(answer, True), members_who_said(answer, False)
    due = (
        select(
            Question.id, Question.proposed_answer_id, Question.proposed_at, yes.label("helped"), no.label("not_helped")
        )
        .join(answer, answer.id == Question.proposed_answer_id)
        .where(
            Question.proposed_at <= now - terms.wait, Question.state == PostState.PUBLISHED,
            Question.accepted_answer_id.is_(None), Question.closed_at.is_(None), answer.state == PostState.PUBLISHED,
            answer.helped_count >= terms.helped, yes >= terms.helped,
        )
    )  # fmt: skip

    def accept(row: Any) -> bool:
        ready = confirms_itself(row.proposed_at, row.helped, row.not_helped, now, terms)
        return ready and _accept(row.id, row.proposed_answer_id, row.proposed_at)

    return walk(due, accept)


def _accept(question_id: int, answer_id: int, proposed_at: datetime) -> bool:
    with unit_of_work():
        still = (
            Question.id == question_id, Question.proposed_answer_id == answer_id, Question.proposed_at == proposed_at,
        )  # fmt: skip
        if not update_where(Question, *still, proposed_at=proposed_at):
            return False
        try:
            return accept_answer(SYSTEM, question_id, answer_id, automatic=True)
        except (Conflict, NotFound):
            return False
