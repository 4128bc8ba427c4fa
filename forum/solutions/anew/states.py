"""Does the stored state of every question equal what its stored facts say? The same order as ``rules.help_state``,
as one statement, so that a large forum is looked through at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, exists, or_, select

from common.db import db
from forum.questions.models import Post, Question
from forum.questions.rules import CloseReason, HelpState, PostKind, PostState


def wrong_states() -> Iterator[tuple[int, str, str]]:
    """Questions whose state is wrong: id, what is kept, what follows from the facts."""
    for id_, kept, real in db.session.execute(_STATEMENT):
        yield id_, HelpState(kept).value, real


def _statement() -> Select[Any]:
    post, question = Post.__table__, Question.__table__
    answer = post.alias("answer")
    q = question.c
    shown = and_(answer.c.kind == PostKind.ANSWER, answer.c.state == PostState.PUBLISHED)
    accepted = exists().where(answer.c.id == q.accepted_answer_id, shown)
    recent = or_(q.unsolved_at.is_(None), answer.c.endorsed_at > q.unsolved_at)
    endorsed = exists().where(answer.c.question_id == q.id, shown, answer.c.endorsed_at.is_not(None), recent)
    private = or_(q.private_at.is_not(None), q.closed_reason == CloseReason.PRIVATE.value)
    linked = or_(q.duplicate_of_id.is_not(None), q.merged_into_id.is_not(None), q.incident_at.is_not(None))
    over = and_(
        q.incident_over_at.is_not(None), or_(q.unsolved_at.is_(None), q.incident_over_at > q.unsolved_at)
    )
    waiting, answered = q.info_asked_at.is_not(None), or_(q.first_answer_at.is_not(None), over)
    real = case(
        (post.c.state != PostState.PUBLISHED, HelpState.HELD.value),
        (or_(accepted, q.self_solved_at.is_not(None), endorsed), HelpState.SOLVED.value),
        (private, HelpState.PRIVATE.value),
        (linked, HelpState.LINKED.value),
        (q.closed_at.is_not(None), HelpState.CLOSED.value),
        (and_(waiting, q.left_at.is_not(None)), HelpState.STALE.value),
        (waiting, HelpState.NEEDS_INFO.value),
        (and_(answered, q.presumed_at.is_not(None)), HelpState.PRESUMED_SOLVED.value),
        (answered, HelpState.ANSWERED.value),
        else_=HelpState.OPEN.value,
    )
    kept = q.help_state
    found = select(q.id, kept, real.label("real")).select_from(question.join(post, post.c.id == q.id))
    visible = or_(post.c.state == PostState.PUBLISHED, post.c.published_at.is_not(None))
    return found.where(visible, kept != real).order_by(q.id)


_STATEMENT = _statement()
