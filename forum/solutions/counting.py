"""What is counted and derived about a question, stored with it by this one file.

Everything is read anew under the lock of the question's row, never added up: a count cannot drift, whatever the order
of events, and calling it twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from common import clock
from common.db import db, update_where
from common.unit_of_work import record
from forum.events import HelpStateChanged
from forum.questions.models import Follow, MeToo, Post, Question, Revision, VisitorMeToo
from forum.questions.rules import (
    AnswerFacts,
    CloseReason,
    PostKind,
    PostState,
    ReplyKind,
    is_valid_answer,
)
from forum.reactions.helpfulness import scores
from forum.solutions import numbers
from forum.solutions.rules import Facts, help_state, is_outscored, still_holds

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
    """Counts, times and help state of a question, inside the open unit of work. A new state is a fact."""
    question = _locked(question_id)
    if question is None:
        return
    answers = _published_answers(question_id)
    values = _pending(question, answers)
    values |= _solution(question, answers, values["info_asked_at"] is not None, values["left_at"] is not None)
    values |= _counts(question, answers)
    before, after = question.help_state, values["help_state"]
    update_where(Question, Question.id == question_id, **values)
    if before != after:
        record(HelpStateChanged(question_id, before.value, after.value))


def recount_people(question_id: int) -> None:
    """Who follows a question, and how many have it too, inside the open unit of work."""
    lock_question(question_id)
    followers = select(func.count()).where(Follow.question_id == question_id).scalar_subquery()
    live = select(func.count()).where(MeToo.question_id == question_id, MeToo.withdrawn_at.is_(None))
    visitors = select(func.count()).where(VisitorMeToo.question_id == question_id).scalar_subquery()
    values = {
        "follower_count": followers,
        "visitor_me_too_count": visitors,
        "me_too_count": live.scalar_subquery() + Question.imported_me_too_count,
    }
    update_where(Question, Question.id == question_id, **values)


def valid_answer_ids(question_id: int) -> list[int]:
    """The answers that stop the clock (domain/escalation.md §C1.1), oldest first."""
    asker_id, since = db.session.execute(
        select(Question.author_id, Question.unsolved_at).where(Question.id == question_id)
    ).one()
    return [answer.id for answer in _valid(_published_answers(question_id), asker_id, since)]


def _valid(answers: list[_Answer], asker_id: int | None, since: datetime | None) -> list[_Answer]:
    """Valid answers since the asker last said that it is still a problem."""
    return [
        answer
        for answer in answers
        if (since is None or answer.published_at > since) and is_valid_answer(answer.facts, asker_id)
    ]


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
            Post.id, Post.author_id, func.substr(Post.body, 1, _READ).label("body"), Post.published_at, Post.endorsed_at,
            Post.is_official, Post.reply_kind,
        )
        .where(
            Post.question_id == question_id, Post.kind == PostKind.ANSWER, Post.state == PostState.PUBLISHED
        )
        .order_by(Post.published_at, Post.id)
    )  # fmt: skip
    return [
        _Answer(
            row.id,
            AnswerFacts(row.author_id, PostState.PUBLISHED, row.body, reply=row.reply_kind),
            row.published_at,
            row.endorsed_at,
            row.is_official,
        )
        for row in rows
    ]


def _pending(question: Question, answers: list[_Answer]) -> dict[str, Any]:
    """The oldest request for details that nobody has done with, and what hangs on it.

    It is done with when the asker has written since, or when the team or whoever asked has answered since.
    """
    asked = db.session.execute(
        select(Post.id, Post.published_at, Post.author_id)
        .where(
            Post.question_id == question.id, Post.state == PostState.PUBLISHED,
            Post.reply_kind == ReplyKind.NEEDS_INFO, Post.author_id.is_distinct_from(question.author_id),
        )
        .order_by(Post.published_at, Post.id)
    ).all()  # fmt: skip
    heard_at = last_word_of_asker(question) if asked else None
    open_ = [row for row in asked if heard_at is None or row.published_at > heard_at]
    first = next((row for row in open_ if not any(_outdates(answer, row) for answer in answers)), None)
    if first is None:
        return {"info_post_id": None, "info_asked_at": None, "info_reminder_count": 0, "left_at": None}
    same = first.id == question.info_post_id
    return {
        "info_post_id": first.id,
        "info_asked_at": first.published_at,
        "info_reminder_count": question.info_reminder_count if same else 0,
        "left_at": question.left_at if same else None,
    }


def _outdates(answer: _Answer, request: Any) -> bool:
    by_them = answer.is_official or answer.facts.author_id == request.author_id
    later = answer.published_at > request.published_at
    return by_them and later and answer.facts.reply == ReplyKind.ANSWER


def last_word_of_asker(question: Question) -> datetime | None:
    """When the asker last wrote: an answer or a comment in the thread, or a new version of the question."""
    if question.author_id is None:
        return None
    mine = (Post.question_id == question.id, Post.author_id == question.author_id)
    written = db.session.scalar(
        select(func.max(Post.published_at)).where(*mine, Post.state == PostState.PUBLISHED)
    )
    edited = db.session.scalar(
        select(func.max(Revision.created_at)).where(
            Revision.post_id == question.id, Revision.version > 1, Revision.editor_id == question.author_id
        )
    )
    return max((moment for moment in (written, edited) if moment is not None), default=None)


def _solution(question: Question, answers: list[_Answer], waiting: bool, left: bool) -> dict[str, Any]:
    valid = _valid(answers, question.author_id, question.unsolved_at)
    since = question.unsolved_at
    answered = bool(valid) or still_holds(question.incident_over_at, since)
    endorsed = [one.endorsed_at for one in answers if one.endorsed_at and still_holds(one.endorsed_at, since)]
    accepted = any(answer.id == question.accepted_answer_id for answer in answers)
    presumed_at = _presumed_at(question, answered)
    state = help_state(
        Facts(
            published=question.state == PostState.PUBLISHED,
            accepted=accepted or question.self_solved_at is not None,
            endorsed=bool(endorsed),
            private=question.private_at is not None or question.closed_reason == CloseReason.PRIVATE,
            linked=_is_linked(question),
            closed=question.closed_at is not None,
            waiting=waiting,
            left=left,
            presumed=presumed_at is not None,
            answered=answered,
        )
    )
    resolved = [question.accepted_at] if accepted and question.accepted_at else endorsed
    if question.self_solved_at is not None and not accepted:
        resolved.append(question.self_solved_at)
    first_answer_at = valid[0].published_at if valid else None
    return {
        "help_state": state,
        "presumed_at": presumed_at,
        "outscored_at": _outscored_at(question, answers) if accepted else None,
        "first_answer_at": first_answer_at,
        "check_count": question.check_count if first_answer_at == question.first_answer_at else 0,
        "resolved_at": min(resolved) if resolved else None,
        "official_answer_id": _official(question, answers),
    }


def _is_linked(question: Question) -> bool:
    """Covered by another question, gone up in one, or part of an incident."""
    marks = (question.duplicate_of_id, question.merged_into_id, question.incident_at)
    return any(mark is not None for mark in marks)


def _presumed_at(question: Question, answered: bool) -> datetime | None:
    """The presumption ends when the answers are gone, and when the asker speaks again."""
    if question.presumed_at is None or not answered:
        return None
    heard_at = last_word_of_asker(question)
    return None if heard_at is not None and heard_at > question.presumed_at else question.presumed_at


def _outscored_at(question: Question, answers: list[_Answer]) -> datetime | None:
    now, pinning = clock.now(), numbers.pinning()
    accepted_at = question.accepted_at or now
    if now < accepted_at + pinning.after:
        return None
    others = scores([answer.id for answer in answers])
    own = others.pop(question.accepted_answer_id or 0)
    outscored = is_outscored(own, others.values(), accepted_at, now, pinning)
    return (question.outscored_at or now) if outscored else None


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
