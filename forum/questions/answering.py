"""Answer a question, as a member or officially for the brand."""

from common.db import db, update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.claims.claiming import release
from forum.drafts.drafting import discard
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.masks.wearing import under_mask
from forum.questions import publishing
from forum.questions.models import Answer, Post, Question
from forum.questions.permissions import (
    can_answer,
    can_answer_officially,
    can_ask_details,
    stands_beside_official,
)
from forum.questions.rules import PostKind, ReplyKind
from forum.questions.writing import Posted, checked_text, published_question, send_once
from forum.screening import Screening


def answer_question(
    actor: Actor,
    question_id: int,
    *,
    body: str,
    official: bool = False,
    kind: ReplyKind = ReplyKind.ANSWER,
    composed_seconds: float | None = None,
    unless_official: bool = False,
    read_up_to: int | None = None,
) -> Posted:
    """Publish an answer, or hold it. An official one is the brand's: at most one for each question.

    As a tip it leaves the question open; asking for details, it has the asker told and lets the clocks rest. Raises NotFound, Forbidden, Invalid (body), TooMany, and Conflict when somebody else has just answered officially.
    ``unless_official``: another answer of the team is refused where the official one stands, until its author confirms that
    it goes beside that (domain/escalation.md §C3). ``read_up_to``: the newest reply of a colleague that its author has read.
    """
    actor = under_mask(actor, question_id)
    question = published_question(actor, question_id)
    require(can_answer(actor, question))
    _title, clean_body = checked_text(actor, PostKind.ANSWER, body)
    wanted = ReplyKind.ANSWER if official else kind

    def send() -> tuple[Post, Screening]:
        keep_pace(actor, Act.REPLY)
        thread = published_question(actor, question_id)
        if official:
            require(can_answer_officially(actor, thread))
        elif unless_official and wanted == ReplyKind.ANSWER and stands_beside_official(actor, thread):
            raise Conflict(
                _(
                    "This question has an official answer, and there is only one: edit that one, or confirm that yours goes beside it."
                )
            )
        if wanted == ReplyKind.NEEDS_INFO:
            require(can_ask_details(actor, thread))
        answer = Answer(
            author_id=actor.member_id, question_id=thread.id, body=clean_body, language=thread.language,
            is_official=official, reply_kind=wanted,
        )  # fmt: skip
        screening = publishing.submit(
            actor,
            answer,
            db.session.get_one(Category, thread.category_id),
            composed_seconds,
            read_up_to=read_up_to,
        )
        if official:
            _take_official_place(answer.thread_id, answer.id)
        return answer, screening

    with unit_of_work():
        posted = send_once(actor, f"answer:{question_id}:{official}\n{clean_body}", send)
        discard(actor, f"answer:{question_id}")
        release(actor.member_id, question_id)
    return posted


def _take_official_place(question_id: int, answer_id: int) -> None:
    free = (Question.id == question_id, Question.official_answer_id.is_(None))
    if not update_where(Question, *free, official_answer_id=answer_id):
        raise Conflict(_("A colleague has just given the official answer."))
