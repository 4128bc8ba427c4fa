"""When questions had their first valid answer and when they were solved, read anew from what happened to them, many at once;
and whether the stored times say the same. What the desk counts of questions stands on the same reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.models import Member
from common.db import db
from forum.questions.models import Post, Question
from forum.questions.rules import AnswerFacts, PostKind, PostState, ReplyKind, is_valid_answer
from forum.solutions.rules import still_holds

AT_ONCE = 500
_READ = 1_000
"""Characters of an answer that are read to tell help from a thank-you; who counts a question reads as many."""
_post, _question, _member = Post.__table__, Question.__table__, Member.__table__


@dataclass(frozen=True, slots=True)
class Happened:
    """A published question (its columns as a row) and its published answers in their order, each with its author's role and
    rank. ``valid``: those that stop the clock. The times are what follows from them."""

    asked: Any
    answers: list[Any]
    valid: list[Any]
    first_answer_at: datetime | None
    resolved_at: datetime | None
    resolved_by: Any | None

    @property
    def agrees(self) -> bool:
        """Whether the stored times are these."""
        kept = self.asked.first_answer_at, self.asked.resolved_at
        return kept == (self.first_answer_at, self.resolved_at)


def to_questions(ids: list[int]) -> list[Happened]:
    """What happened to the published ones of these questions, in the order of their ids. Two statements."""
    q = _question.c
    found = db.session.execute(
        select(
            q.id, q.category_id, q.duplicate_of_id, q.merged_into_id, q.view_count, q.accepted_answer_id, q.accepted_at,
            q.self_solved_at, q.unsolved_at, q.help_state, q.first_answer_at, q.resolved_at, _post.c.language,
            _post.c.author_id, _post.c.created_at, _post.c.published_at, _member.c.role,
        )
        .select_from(_question.join(_post, _post.c.id == q.id).outerjoin(_member, _member.c.id == _post.c.author_id))
        .where(q.id.in_(ids), _post.c.state == PostState.PUBLISHED)
        .order_by(q.id)
    ).all()  # fmt: skip
    answers = _answers([row.id for row in found])
    return [_happened(row, answers[row.id]) for row in found]


def wrong_times() -> Iterator[tuple[str, int, str, str]]:
    """Stored times that are wrong: which, of which question, what is kept, what happened. Reads all answers."""
    last = 0
    while ids := list(db.session.scalars(select(_question.c.id).where(_question.c.id > last).order_by(_question.c.id).limit(AT_ONCE))):  # fmt: skip
        last = ids[-1]
        for one in to_questions(ids):
            for name in ("first_answer_at", "resolved_at"):
                kept, real = getattr(one.asked, name), getattr(one, name)
                if kept != real:
                    yield name, one.asked.id, str(kept), str(real)


def _answers(ids: list[int]) -> dict[int, list[Any]]:
    p, m = _post.c, _member.c
    rows = db.session.execute(
        select(
            p.id, p.question_id, p.author_id, func.substr(p.body, 1, _READ).label("body"), p.published_at,
            p.endorsed_at, p.is_official, p.reply_kind, m.role, m.rank,
        )
        .select_from(_post.outerjoin(_member, m.id == p.author_id))
        .where(p.question_id.in_(ids), p.kind == PostKind.ANSWER, p.state == PostState.PUBLISHED)
        .order_by(p.published_at, p.id)
    )  # fmt: skip
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.question_id].append(row)
    return found


def _happened(asked: Any, answers: list[Any]) -> Happened:
    valid = [one for one in answers if _is_valid(one, asked.author_id)]
    since = asked.unsolved_at
    first = next((one.published_at for one in valid if since is None or one.published_at > since), None)
    return Happened(asked, answers, valid, first, *_solution(asked, answers))


def _is_valid(row: Any, asker_id: int | None) -> bool:
    return is_valid_answer(
        AnswerFacts(row.author_id, PostState.PUBLISHED, row.body, reply=ReplyKind(row.reply_kind)), asker_id
    )


def _solution(asked: Any, answers: Iterable[Any]) -> tuple[datetime | None, Any | None]:
    """When it was solved, and by which answer: the accepted one, one the team confirmed, or none (the asker alone)."""
    accepted = next((row for row in answers if row.id == asked.accepted_answer_id), None)
    if accepted is not None and asked.accepted_at is not None:
        return asked.accepted_at, accepted
    ways: list[tuple[datetime, Any | None]] = [
        (row.endorsed_at, row) for row in answers if row.endorsed_at and still_holds(row.endorsed_at, asked.unsolved_at)
    ]  # fmt: skip
    if accepted is None and asked.self_solved_at is not None:
        ways.append((asked.self_solved_at, None))
    return min(ways, key=lambda one: one[0], default=(None, None))
