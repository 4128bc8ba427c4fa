"""What members did, by topic, counted from their answers: always the whole of one member, so that it mends itself.

An answer that is published, taken away, accepted or moved has its author counted again by a job; every member is once a
night. Answers under a mask count for nobody: an invitation must not tell who wears it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import aliased

from accounts.masks.queries import person_of
from accounts.members.models import Member
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question, QuestionTag
from forum.questions.rules import PostKind, PostState
from moderation.experts.models import ExpertRecord
from moderation.experts.rules import About, half_life_of, warmth_of

HISTORY = 2_000
"""Answers of one member that are counted, the newest."""
CHUNK = 500


def about_of(language: str, category_id: int, product_id: int | None, tag_ids: Iterable[int]) -> About:
    """The topics of a question. What somebody knows is known in a language."""
    narrower = [f"tag:{language}:{tag_id}" for tag_id in sorted(tag_ids)]
    if product_id is not None:
        narrower.insert(0, f"product:{language}:{product_id}")
    return About(f"language:{language}", f"category:{language}:{category_id}", tuple(narrower))


def count(member_id: int) -> int:
    """Count what a member did anew; returns in how many topics. Repeating it changes nothing."""
    with unit_of_work():
        is_mask = db.session.scalar(select(Member.is_mask).where(Member.id == member_id))
        rows = [] if is_mask else _rows(member_id)
        db.session.execute(delete(ExpertRecord).where(ExpertRecord.member_id == member_id))
        insert_many(ExpertRecord, rows, once=True)
    return len(rows)


def _rows(member_id: int) -> list[dict[str, Any]]:
    moments: dict[str, list[datetime]] = defaultdict(list)
    accepted: dict[str, int] = defaultdict(int)
    for at, solved, about in answers_of(member_id):
        for topic in about.topics:
            moments[topic].append(at)
            accepted[topic] += solved
    return [
        {
            "topic": topic, "member_id": member_id, "warmth": warmth_of(when, half_life_of(topic)),
            "answers": len(when), "accepted": accepted[topic], "last_at": max(when),
        }
        for topic, when in moments.items()
    ]  # fmt: skip


def answers_of(member_id: int) -> list[tuple[datetime, bool, About]]:
    """The newest answers of a member to questions of others: when, whether accepted, and about what. Two statements."""
    answer, question, asked = Post.__table__, Question.__table__, aliased(Post.__table__)
    query = (
        select(
            answer.c.published_at, (question.c.accepted_answer_id == answer.c.id).label("solved"), question.c.id,
            question.c.category_id, question.c.product_id, asked.c.language,
        )
        .select_from(answer)
        .join(question, question.c.id == answer.c.question_id)
        .join(asked, asked.c.id == question.c.id)
        .where(
            answer.c.author_id == member_id, answer.c.kind == PostKind.ANSWER, answer.c.state == PostState.PUBLISHED,
            answer.c.is_official.is_(False), asked.c.state == PostState.PUBLISHED,
            person_of(asked.c.author_id).is_distinct_from(member_id),
        )
        .order_by(answer.c.published_at.desc())
        .limit(HISTORY)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    tags = tags_of({row.id for row in rows})
    return [
        (
            row.published_at,
            bool(row.solved),
            about_of(row.language, row.category_id, row.product_id, tags.get(row.id, ())),
        )
        for row in rows
    ]


def tags_of(question_ids: Iterable[int]) -> dict[int, list[int]]:
    """Question → the ids of its tags."""
    found: dict[int, list[int]] = {}
    query = select(QuestionTag.question_id, QuestionTag.tag_id)
    ids = sorted(question_ids)
    for start in range(0, len(ids), CHUNK):
        wanted = QuestionTag.question_id.in_(ids[start : start + CHUNK])
        for question_id, tag_id in db.session.execute(query.where(wanted)):
            found.setdefault(question_id, []).append(tag_id)
    return found


def helpers_after(member_id: int, limit: int = CHUNK) -> list[int]:
    """The next members who wrote an answer or are counted as having done so, by their number."""
    wrote = select(Post.author_id).where(
        Post.author_id == Member.id, Post.kind == PostKind.ANSWER, Post.state == PostState.PUBLISHED
    )
    kept = select(ExpertRecord.member_id).where(ExpertRecord.member_id == Member.id)
    query = select(Member.id).where(Member.id > member_id, or_(wrote.exists(), kept.exists()))
    return list(db.session.scalars(query.order_by(Member.id).limit(limit)))


def count_all(tick: Callable[[int], None] = lambda _count: None) -> int:
    """Count everybody anew, one unit of work each; returns how many members were counted."""
    done, last = 0, 0
    while found := helpers_after(last):
        for member_id in found:
            count(member_id)
            done += 1
            tick(1)
        last = found[-1]
    return done
