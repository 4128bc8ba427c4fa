"""A published question is noted: its telling words, its group, and whether too many people ask the same now.

Runs in a job for each question. What it reads does not grow with the community: the words of one question, at most
``GROUPS_LOOKED_AT`` groups, and the reports of one group in nine spans of time (domain/escalation.md §C4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select

from accounts.members.models import Member
from common import clock, jobs
from common.db import add_to, affected, db, insert_many
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.outbreaks import gathering, rules, suspecting, weighing
from moderation.outbreaks.models import GroupAnchor, OutbreakTerm, QuestionGroup, QuestionPrint, Suspicion
from moderation.screening.likeness import nearest

GROUPS_LOOKED_AT = 30
SAME_WITHIN = timedelta(hours=6)
MOST_SAME = 200
MOST_REPORTS = 2_000
KEPT = (rules.WEEKS + 1) * rules.WEEK
CAUGHT_UP = 200


def enqueue(question_id: int) -> None:
    """Note a question soon, outside the request."""
    jobs.enqueue("outbreaks.note", {"question_id": question_id}, f"outbreaks.note:{question_id}")


@jobs.job("outbreaks.note")
def note_job(payload: dict[str, Any]) -> None:
    """Note a question; a second time does nothing. Where it is very like an open incident it becomes part of that."""
    note(payload["question_id"])
    gathering.incident_like(payload["question_id"])


def note(question_id: int) -> int | None:
    """Note a published question and judge its group; returns the suspicion that this raised, if it did."""
    with unit_of_work():
        add_to(
            OutbreakTerm, {"term": weighing.ALL}, questions=0
        )  # one at a time: two like questions find one group
        asked = _asked(question_id)
        if asked is None:
            return None
        vector = weighing.of_question(asked)
        group_id = _place(vector, asked.published_at) if vector else None
        new = asked.rank is not None and rules.is_new(asked.rank, asked.joined_at, asked.published_at)
        row = QuestionPrint(
            question_id=question_id, group_id=group_id, words=list(vector), weights=_short(vector.values()),
            simhash=rules.simhash(vector), asked_at=asked.published_at, is_new=new,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        fresh = clock.now() - asked.published_at <= rules.HOUR
        return judge(group_id, asked.published_at) if group_id is not None and fresh else None


def catch_up(most: int = CAUGHT_UP) -> int:
    """Note published questions of the last weeks that were not: imported ones, and what was here before. Says how many."""
    since = clock.now() - KEPT
    post = Post.__table__
    query = (
        select(post.c.id)
        .outerjoin(QuestionPrint, QuestionPrint.question_id == post.c.id)
        .where(
            post.c.kind == PostKind.QUESTION, post.c.state == PostState.PUBLISHED, post.c.published_at > since
        )
        .where(post.c.published_at < clock.now() - rules.HOUR, QuestionPrint.question_id.is_(None))
        .order_by(post.c.published_at)
        .limit(most)
    )
    ids = list(db.session.scalars(query))
    db.session.rollback()
    for question_id in ids:
        note(question_id)
    return len(ids)


def forget_old() -> int:
    """Drop what is older than the weeks that are compared, and groups nobody asked in since."""
    before = clock.now() - KEPT
    old = select(QuestionGroup.id).where(
        QuestionGroup.last_at < before,
        ~select(Suspicion.id).where(Suspicion.group_id == QuestionGroup.id).exists(),
    )
    with unit_of_work():
        gone = affected(db.session.execute(delete(QuestionPrint).where(QuestionPrint.asked_at < before)))
        db.session.execute(delete(GroupAnchor).where(GroupAnchor.group_id.in_(old)))
        db.session.execute(delete(QuestionGroup).where(QuestionGroup.id.in_(old)))
        return gone


def _asked(question_id: int) -> Any:
    """What is noted of a question; nothing for one that is not in view, or was noted."""
    question, post = Question.__table__, Post.__table__
    query = (
        select(
            question.c.title, question.c.category_id, question.c.product_id, post.c.body_html, post.c.language,
            post.c.published_at, Member.rank, Member.joined_at,
        )
        .join(post, post.c.id == question.c.id)
        .outerjoin(Member, Member.id == post.c.author_id)
        .outerjoin(QuestionPrint, QuestionPrint.question_id == question.c.id)
        .where(question.c.id == question_id, post.c.state == PostState.PUBLISHED, QuestionPrint.question_id.is_(None))
    )  # fmt: skip
    return db.session.execute(query).first()


def _place(vector: dict[int, float], at: datetime) -> int:
    """The group of a question: the nearest one, that of a question with the same words, or a new one."""
    found = _nearest_group(vector) or _same_words(vector, at)
    if found is None:
        group = QuestionGroup(words=list(vector), weights=_short(vector.values()), last_at=at)
        db.session.add(group)
        db.session.flush()
        _anchor(group.id, vector)
        return group.id
    group = db.session.get_one(QuestionGroup, found)
    before = dict(zip(group.words, group.weights, strict=True))
    centre = rules.moved(before, group.size, vector)
    group.words, group.weights = list(centre), _short(centre.values())
    group.size, group.last_at = group.size + 1, max(group.last_at, at)
    db.session.flush()
    if _anchors(before) != _anchors(centre):
        _anchor(group.id, centre)
    return group.id


def _nearest_group(vector: dict[int, float]) -> int | None:
    """The group nearest to a question, of those with which it shares telling words."""
    shared = (
        select(GroupAnchor.group_id)
        .where(GroupAnchor.term.in_(_anchors(vector)))
        .group_by(GroupAnchor.group_id)
        .order_by(func.count().desc(), GroupAnchor.group_id.desc())
        .limit(GROUPS_LOOKED_AT)
    )
    query = select(QuestionGroup.id, QuestionGroup.words, QuestionGroup.weights)
    near = [
        (rules.likeness(vector, dict(zip(row.words, row.weights, strict=True))), row.id)
        for row in db.session.execute(query.where(QuestionGroup.id.in_(shared)))
    ]
    best = max(near, default=(0.0, 0))
    return best[1] if best[0] >= rules.JOINS else None


def _same_words(vector: dict[int, float], at: datetime) -> int | None:
    """The group of a question of the last hours that says the same, where the middle of the group has moved away."""
    lately = (
        select(QuestionPrint.group_id, QuestionPrint.simhash)
        .where(QuestionPrint.asked_at > at - SAME_WITHIN, QuestionPrint.asked_at <= at)
        .where(QuestionPrint.group_id.is_not(None))
        .order_by(QuestionPrint.asked_at.desc())
        .limit(MOST_SAME)
    )
    return nearest(rules.simhash(vector), [(row.group_id, row.simhash) for row in db.session.execute(lately)])


def _anchors(vector: Any) -> list[int]:
    return list(vector)[: rules.ANCHORS]


def _anchor(group_id: int, centre: dict[int, float]) -> None:
    db.session.execute(delete(GroupAnchor).where(GroupAnchor.group_id == group_id))
    insert_many(GroupAnchor, [{"term": word, "group_id": group_id} for word in _anchors(centre)])


def _short(weights: Any) -> list[float]:
    return [round(weight, 4) for weight in weights]


# --- how many, and how many is usual ------------------------------------------------------------------------------


def judge(group_id: int, at: datetime) -> int | None:
    """Whether too many people asked the same at a moment, in the last hour or the last six."""
    weeks = _weeks_known(at)
    limits = suspecting.thresholds(at)
    for window in rules.WINDOWS:
        now, *before = _people(group_id, at, window, weeks)
        usual = rules.expected(before)
        if rules.is_suspect(now, usual, limits):
            return suspecting.suspect(group_id, now, usual, window, at)
    return None


def _people(group_id: int, at: datetime, window: timedelta, weeks: int) -> list[float]:
    """How many people asked in a span that ends now, and in the same span of each week before."""
    ends = [at - number * rules.WEEK for number in range(weeks + 1)]
    spans = [(QuestionPrint.asked_at > end - window) & (QuestionPrint.asked_at <= end) for end in ends]
    query = (
        select(QuestionPrint.asked_at, QuestionPrint.is_new, Post.author_id)
        .join(Post.__table__, Post.__table__.c.id == QuestionPrint.question_id)
        .where(QuestionPrint.group_id == group_id, Post.__table__.c.state == PostState.PUBLISHED, or_(*spans))
        .order_by(QuestionPrint.asked_at.desc())
        .limit(MOST_REPORTS)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [
        rules.people((row.author_id, row.is_new) for row in rows if end - window < row.asked_at <= end)
        for end in ends
    ]


def _weeks_known(at: datetime) -> int:
    """For how many weeks the community's questions are known, eight at most: what is not known is not zero."""
    first = db.session.scalar(select(func.min(QuestionPrint.asked_at)))
    return min(rules.WEEKS, (at - first) // rules.WEEK) if first else 0
