"""What is counted and derived about a question, stored with it by this one file.

Everything is read anew under the lock of the question's row, never added up: a count cannot drift, whatever the order
of events, and calling it twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from common.db import db, update_where
from forum.questions.models import Follow, MeToo, Post, Question
from forum.questions.rules import AnswerFacts, HelpState, PostKind, PostState, help_state, is_valid_answer

_READ = 1_000
"""Characters of an answer that are read to tell help from a thank-you."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A published answer, as far as it decides the state of its question."""

    id: int
    facts: AnswerFacts
    published_at: datetime
    endorsed_at: datetime | None
    is_official: bool


def recount(question_id: int) -> None:
    """Counts, times and help state of a question, inside the open unit of work."""
    question = _locked(question_id)
    if question is None:
        return
    answers = _published_answers(question_id)
    values = _solution(question, answers) | _counts(question, answers)
    update_where(Question, Question.id == question_id, **values)


def recount_people(question_id: int) -> None:
    """Who follows a question, and how many have it too, inside the open unit of work."""
    lock_question(question_id)
    followers = select(func.count()).where(Follow.question_id == question_id).scalar_subquery()
    live = select(func.count()).where(MeToo.question_id == question_id, MeToo.withdrawn_at.is_(None))
    values = {
        "follower_count": followers,
        "me_too_count": live.scalar_subquery() + Question.imported_me_too_count,
    }
    update_where(Question, Question.id == question_id, **values)


def valid_answer_ids(question_id: int) -> list[int]:
    """The answers that stop the clock (domain/escalation.md §C1.1), oldest first."""
    asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
    answers = _published_answers(question_id)
    return [answer.id for answer in answers if is_valid_answer(answer.facts, asker_id)]


def lock_question(*question_ids: int) -> None:
    """Hold the rows of questions until the unit of work ends, lowest id first; on SQLite it is alone anyway.

    Only the question's own row: locking its post too would wait for every answer that is just being written.
    """
    rows = Question.__table__
    found = select(rows.c.id).where(rows.c.id.in_(question_ids)).order_by(rows.c.id)
    db.session.execute(found.with_for_update())


def _locked(question_id: int) -> Question | None:
    lock_question(question_id)
    return db.session.get(Question, question_id, populate_existing=True)


def _published_answers(question_id: int) -> list[_Answer]:
    rows = db.session.execute(
        select(
            Post.id,
            Post.author_id,
            func.substr(Post.body, 1, _READ),
            Post.published_at,
            Post.endorsed_at,
            Post.is_official,
        )
        .where(
            Post.question_id == question_id, Post.kind == PostKind.ANSWER, Post.state == PostState.PUBLISHED
        )
        .order_by(Post.published_at, Post.id)
    )
    return [
        _Answer(
            id_, AnswerFacts(author_id, PostState.PUBLISHED, body), published_at, endorsed_at, is_official
        )
        for id_, author_id, body, published_at, endorsed_at, is_official in rows
    ]


def _solution(question: Question, answers: list[_Answer]) -> dict[str, Any]:
    valid = [answer for answer in answers if is_valid_answer(answer.facts, question.author_id)]
    endorsed = [answer.endorsed_at for answer in answers if answer.endorsed_at]
    accepted = any(answer.id == question.accepted_answer_id for answer in answers)
    state = help_state(
        closed=question.closed_at is not None,
        accepted=accepted,
        endorsed=bool(endorsed),
        answered=bool(valid),
    )
    resolved = [question.accepted_at] if accepted and question.accepted_at else endorsed
    return {
        "help_state": state,
        "first_answer_at": valid[0].published_at if valid else None,
        "resolved_at": min(resolved) if state == HelpState.SOLVED and resolved else None,
        "official_answer_id": _official(question, answers),
    }


def _official(question: Question, answers: list[_Answer]) -> int | None:
    """The official answer in view; a reserved place stays reserved while its answer waits for a review."""
    official = [answer.id for answer in answers if answer.is_official]
    if question.official_answer_id in official:
        return question.official_answer_id
    if question.official_answer_id is not None and _waits(question.official_answer_id):
        return question.official_answer_id
    return official[0] if official else None


def _waits(post_id: int) -> bool:
    return db.session.scalar(select(Post.state).where(Post.id == post_id)) == PostState.HELD


def _counts(question: Question, answers: list[_Answer]) -> dict[str, Any]:
    comments, last_comment_at = db.session.execute(
        select(func.count(), func.max(Post.published_at)).where(
            Post.question_id == question.id, Post.kind == PostKind.COMMENT, Post.state == PostState.PUBLISHED
        )
    ).one()
    times = [question.published_at or question.created_at, last_comment_at]
    times += [answer.published_at for answer in answers]
    return {
        "answer_count": len(answers),
        "comment_count": comments,
        "active_at": max(moment for moment in times if moment is not None),
    }
