"""What an asker is asked: for a detail, whether it is solved, whether a proposed answer is the solution.

Nobody is asked whose account is closed or suspended, and nobody about what is not published; both are looked at again
when a letter is written.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from accounts.masks.queries import is_of, person_behind
from accounts.members.models import Member
from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock
from common.db import db
from common.i18n import Sentence, _
from forum.notices import fanning, slips
from forum.questions.models import Proposal, Question
from forum.questions.rules import AcceptedHow, Ending, PostState
from forum.solutions.rules import ASKABLE

DETAILS = ("details-asked", "details-reminder")


def remind(question_id: int, post_id: int, number: int) -> None:
    """The asker is reminded of what was asked."""
    _tell_asker(question_id, "details-reminder", f"details:{post_id}:{number}", post_id)


def tell_of_leaving(question_id: int, info_post_id: int | None) -> None:
    """The question rests: kindly, and with the way back."""
    _tell_asker(question_id, "question-rests", f"rests:{info_post_id}", question_id)


def take_back_requests(question_id: int) -> None:
    """The asker has replied: no reminder of it any more."""
    for kind in (*DETAILS, "question-rests"):
        _withdraw(question_id, kind)


def tell_of_proposal(question_id: int, answer_id: int, actor_id: int | None) -> None:
    """The asker hears of a proposed solution."""
    cause = f"proposed:{answer_id}:{clock.now():%Y%m%d%H%M%S}"
    _tell_asker(question_id, "solution-proposed", cause, answer_id, actor_id=actor_id)


def tell_of_ending(question_id: int, answer_id: int, by_id: int | None, ending: str) -> None:
    """What became of a proposal: news of it goes; who made it hears when it was declined."""
    telling.withdraw(answer_id, kind="solution-proposed")
    if ending == Ending.DECLINED:
        proposer = select(Proposal.proposer_id, Proposal.proposed_at).where(Proposal.answer_id == answer_id)
        row = db.session.execute(proposer).one()
        cause = f"declined:{answer_id}:{row.proposed_at:%Y%m%d%H%M%S}"
        telling.tell(row.proposer_id, "proposal-declined", cause, question_id, answer_id, actor_id=by_id)


def tell_of_automatic_solution(question_id: int, answer_id: int) -> None:
    """The asker hears that a proposal became the solution without a word of theirs, and how to undo it."""
    how = db.session.scalar(select(Question.accepted_how).where(Question.id == question_id))
    if how == AcceptedHow.AUTOMATIC:
        cause = f"automatic:{answer_id}:{clock.now():%Y%m%d%H%M%S}"
        _tell_asker(question_id, "solution-automatic", cause, answer_id)


def tell_of_unsettling(question_id: int, asker_id: int | None) -> None:
    """It is still a problem: whoever follows hears, by a job."""
    moment = db.session.scalar(select(Question.unsolved_at).where(Question.id == question_id))
    mark = f"{moment:%Y%m%d%H%M%S}" if moment else "-"
    _withdraw(question_id, "resolved-check")
    fanning.begin_unsettled(question_id, asker_id, mark)


def ask_whether_solved(question_id: int, asker_id: int, first_answer: str, days: int) -> bool:
    """The asker of an answered question is asked, inside the open unit of work. False where it may no longer be asked."""
    if not may_be_asked(asker_id, {"question_id": question_id}):
        return False
    cause = f"resolved:{question_id}:{first_answer}:{days}"
    telling.tell(asker_id, "resolved-check", cause, question_id, question_id)
    return True


def may_be_asked(member_id: int, params: dict[str, Any]) -> bool:
    """Whether the question is still open to be solved and its asker somebody who may be written to."""
    question = db.session.get(Question, params["question_id"], populate_existing=True)
    if question is None or question.state != PostState.PUBLISHED or question.help_state not in ASKABLE:
        return False
    now = clock.now()
    free = or_(Member.suspended_until.is_(None), Member.suspended_until <= now)
    writes = select(Member.id).where(Member.id == person_behind(member_id), Member.closed_at.is_(None), free)
    return db.session.scalar(writes) is not None


def waits_for(member_id: int, params: dict[str, Any]) -> bool:
    """Whether the asker is still waited for."""
    query = select(Question.id).where(
        Question.id == params["question_id"], Question.state == PostState.PUBLISHED,
        Question.info_asked_at.is_not(None), is_of(Question.author_id, member_id),
    )  # fmt: skip
    return db.session.scalar(query) is not None


def is_proposed(member_id: int, params: dict[str, Any]) -> bool:
    """Whether the answer is still proposed to its asker."""
    query = select(Question.id).where(
        Question.id == params["question_id"], Question.state == PostState.PUBLISHED, is_of(Question.author_id, member_id),
        Question.proposed_answer_id == params["post_id"],
    )  # fmt: skip
    return db.session.scalar(query) is not None


def slip_links(member: Member, params: dict[str, Any]) -> list[tuple[Sentence | str, str]]:
    """The two addresses of a letter that asks: yes, and no. Made when the letter is written."""
    said = (("yes", _("Yes, it is solved")), ("no", _("No, still a problem")))
    return [
        (label, slips.address(params["question_id"], member.id, member.language, answer))
        for answer, label in said
    ]


def _tell_asker(question_id: int, kind: str, cause: str, post_id: int | None, **more: Any) -> None:
    asker_id = db.session.scalar(select(Question.author_id).where(Question.id == question_id))
    telling.tell(asker_id, kind, cause, question_id, post_id, **more)


def _withdraw(question_id: int, kind: str) -> None:
    causes = select(Notification.cause).where(
        Notification.question_id == question_id,
        Notification.kind == kind,
        Notification.withdrawn_at.is_(None),
    )
    for cause in set(db.session.scalars(causes)):
        telling.withdraw(cause=cause, kind=kind)
