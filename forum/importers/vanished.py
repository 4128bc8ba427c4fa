"""What an earlier import brought in and the present export no longer has.

Only what the export would contain counts: questions of the time it covers, answers and comments of its questions.
Such posts are deleted like in the other forum; where members of this community have built on them (an answer, a
vote, points) they are removed from view instead, so that nothing of theirs is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import savepoint, unit_of_work
from forum.importers.booking import Fact, FactKind
from forum.importers.intake import Intake, chunks
from forum.importers.settling import acceptance
from forum.questions import publishing
from forum.questions.models import Follow, Post, PostLink, Question, QuestionTag, Revision
from forum.questions.rules import PostKind, PostState

_post, _question = Post.__table__, Question.__table__
_PART = {PostKind.COMMENT: "comments", PostKind.ANSWER: "answers", PostKind.QUESTION: "questions"}
_GONE = (PostState.REMOVED, PostState.REJECTED, PostState.WITHDRAWN)


def remove_vanished(intake: Intake) -> None:
    """Take away what is gone: comments first, then answers, then questions."""
    questions = {row.id for row in _stored(intake, "q") if _question_gone(intake, row)}
    for kind, letter in ((PostKind.COMMENT, "c"), (PostKind.ANSWER, "a"), (PostKind.QUESTION, "q")):
        if not intake.source.size(_PART[kind]):
            continue
        gone = [row for row in _stored(intake, letter) if _gone(intake, row, letter, questions)]
        for rows in chunks(gone, 100):
            with unit_of_work():
                for row in rows:
                    _take_away(intake, row)
                    intake.report[_PART[kind]].removed += 1


def _stored(intake: Intake, letter: str) -> Iterator[Any]:
    """Posts of the site that an earlier run has stored."""
    start, last = intake.key(letter, ""), 0
    while True:
        query = select(
            _post.c.id, _post.c.kind, _post.c.question_id, _post.c.author_id, _post.c.created_at, _post.c.state,
            _post.c.imported_kudos_count,
        ).where(_post.c.imported_key.startswith(start, autoescape=True), _post.c.id > last)  # fmt: skip
        rows = db.session.execute(query.order_by(_post.c.id).limit(2_000)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def _question_gone(intake: Intake, row: Any) -> bool:
    if row.id in intake.seen["q"] or row.state in _GONE or not intake.window:
        return False
    return intake.window[0] <= row.created_at <= intake.window[1]


def _gone(intake: Intake, row: Any, letter: str, questions: set[int]) -> bool:
    if letter == "q":
        return row.id in questions
    if row.id in intake.seen[letter] or row.state in _GONE:
        return False
    return row.question_id in questions or row.question_id in intake.seen["q"]


def _take_away(intake: Intake, row: Any) -> None:
    intake.gone += _facts_of(row)
    try:
        with savepoint():
            _delete(row.id)
    except IntegrityError:
        if row.state in (PostState.PUBLISHED, PostState.HIDDEN, PostState.HELD):
            publishing.remove(SYSTEM, row.id)


def _facts_of(row: Any) -> list[Fact]:
    """What the post had earned, to be reversed."""
    if row.kind == PostKind.COMMENT:
        return []
    thread = row.question_id or row.id
    votes = [
        Fact(
            FactKind.UPVOTE, row.id, thread, row.author_id, None, row.created_at, f"imported-upvote:{row.id}:{number}",
            holds=False,
        )
        for number in range(1, row.imported_kudos_count + 1)
    ]  # fmt: skip
    query = (
        select(_question.c.id, _post.c.author_id, _question.c.accepted_at)
        .join(_post, _post.c.id == _question.c.id)
        .where(_question.c.accepted_answer_id == row.id)
    )
    accepted = [
        acceptance(question, row.id, row.author_id, question.accepted_at or row.created_at, holds=False)
        for question in db.session.execute(query)
    ]
    return votes + accepted


def _delete(post_id: int) -> None:
    """Every row the import made for a post. Raises ``IntegrityError`` when somebody else's row needs it."""
    for column in (
        _question.c.accepted_answer_id,
        _question.c.official_answer_id,
        _question.c.duplicate_of_id,
    ):
        db.session.execute(update(_question).where(column == post_id).values({column.name: None}))
    db.session.execute(
        delete(Revision).where(Revision.post_id == post_id, Revision.imported_key.is_not(None))
    )
    db.session.execute(delete(QuestionTag).where(QuestionTag.question_id == post_id))
    db.session.execute(
        delete(PostLink).where((PostLink.question_id == post_id) | (PostLink.linked_id == post_id))
    )
    db.session.execute(delete(Follow).where(Follow.question_id == post_id))
    db.session.execute(delete(_question).where(_question.c.id == post_id))
    db.session.execute(delete(_post).where(_post.c.id == post_id))
