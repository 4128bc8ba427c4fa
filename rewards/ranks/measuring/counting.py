"""What ranks measure of somebody's posts, kept written: a page reads one row, however much a member has written.

Counted anew after deeds (`rewards.standing`), for everybody who answered when a question's solution or place changes
(`rewards.figures`), and at night wherever it has drifted; `flask doctor` says so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from accounts.members.models import Member
from common import health
from common.db import db, insert_many, update_where
from common.jobs import Job
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from rewards.ranks.models import RankFigures

EXPERTISE = 5
SHARE = 400
COUNTED = ("posts", "answers", "votes", "accepted", "chosen", "compared", "topics")
Figures = dict[str, int]
_post, _question = Post.__table__, Question.__table__
_BY_NAME = _post.c.author_id.not_in(select(Member.id).where(Member.is_mask.is_(True)))
_NONE: Figures = dict.fromkeys(COUNTED, 0)


def count(member_ids: Collection[int] | None = None) -> dict[int, Figures]:
    """What can be counted now of these members, or of everybody who has written. Four queries, however many they are.

    Written by name: a rank that opened with a masked post would say in public when it was written.
    """
    found: dict[int, Figures] = {one: dict(_NONE) for one in member_ids or ()}
    written = _BY_NAME & (_post.c.state == PostState.PUBLISHED)
    if member_ids is not None:
        written &= _post.c.author_id.in_(member_ids)
    for query in (_written(written), _accepted(written), _compared(written), _topics(written)):
        for row in db.session.execute(query).mappings():
            known = found.setdefault(row["who"], dict(_NONE))
            known.update((name, int(row[name] or 0)) for name in COUNTED if name in row)
    return found


def _written(these: ColumnElement[bool]) -> Select[Any]:
    answers = _post.c.kind == PostKind.ANSWER
    return (
        select(
            _post.c.author_id.label("who"), func.count().label("posts"), func.count().filter(answers).label("answers"),
            func.sum(_post.c.kudos_count).filter(answers).label("votes"),
        )
        .where(these)
        .group_by(_post.c.author_id)
    )  # fmt: skip


def _accepted(these: ColumnElement[bool]) -> Select[Any]:
    """Solutions of questions that others asked; a merge keeps what was one."""
    asked = _post.alias("asked")
    return (
        select(_post.c.author_id.label("who"), func.count().label("accepted"))
        .select_from(_post)
        .join(_question, _question.c.accepted_answer_id == _post.c.id)
        .join(asked, asked.c.id == _question.c.id)
        .where(these, asked.c.author_id.is_distinct_from(_post.c.author_id))
        .group_by(_post.c.author_id)
    )


def _compared(these: ColumnElement[bool]) -> Select[Any]:
    """Answers in threads that have a solution, and those that are it."""
    chosen = func.count().filter(_question.c.accepted_answer_id == _post.c.id)
    return (
        select(_post.c.author_id.label("who"), func.count().label("compared"), chosen.label("chosen"))
        .select_from(_post)
        .join(_question, _question.c.id == _post.c.question_id)
        .where(these, _post.c.kind == PostKind.ANSWER, _question.c.accepted_answer_id.is_not(None))
        .group_by(_post.c.author_id)
    )


def _topics(these: ColumnElement[bool]) -> Select[Any]:
    """Categories with five solutions or more."""
    solved = (
        select(_post.c.author_id.label("who"))
        .select_from(_post)
        .join(_question, _question.c.accepted_answer_id == _post.c.id)
        .where(these)
        .group_by(_post.c.author_id, _question.c.category_id)
        .having(func.count() >= EXPERTISE)
        .subquery()
    )
    return select(solved.c.who, func.count().label("topics")).group_by(solved.c.who)


# --- what is kept -----------------------------------------------------------------------------------------------


def kept(member_ids: Collection[int]) -> dict[int, Figures]:
    """The figures as they are written; of whom none are, counted now. One query, rarely five."""
    f = RankFigures
    rows = db.session.execute(
        select(f.member_id, *(getattr(f, name) for name in COUNTED)).where(f.member_id.in_(member_ids))
    )
    found = {row[0]: dict(zip(COUNTED, row[1:], strict=True)) for row in rows}
    missing = [one for one in member_ids if one not in found]
    return found | count(missing) if missing else found


def keep(member_ids: Collection[int]) -> int:
    """Count these members anew and write down what differs, inside the open unit of work. Returns how many rows changed."""
    real = count(member_ids)
    f = RankFigures
    insert_many(f, [{"member_id": one} for one in sorted(real)], once=True)
    rows = db.session.execute(
        select(f.member_id, *(getattr(f, name) for name in COUNTED))
        .where(f.member_id.in_(real))
        .order_by(f.member_id)
        .with_for_update()
    ).all()
    other = [row[0] for row in rows if dict(zip(COUNTED, row[1:], strict=True)) != real[row[0]]]
    return sum(update_where(f, f.member_id == one, **real[one]) for one in other)


def keep_of_thread(question_ids: Collection[int]) -> None:
    """A solution or a place changed: it counts in the figures of everybody who answered there."""
    answers = (_post.c.question_id.in_(question_ids), _post.c.kind == PostKind.ANSWER)
    authors = select(_post.c.author_id).where(*answers, _BY_NAME)
    with unit_of_work():
        keep(list(db.session.scalars(authors.distinct())))


def drifted(unwritten: bool = True) -> list[int]:
    """Members whose written figures are not what can be counted; with ``unwritten`` those who have none yet. A few large
    queries."""
    f, real = RankFigures, count()
    rows = db.session.execute(select(f.member_id, *(getattr(f, name) for name in COUNTED)))
    written = {row[0]: dict(zip(COUNTED, row[1:], strict=True)) for row in rows}
    asked = written.keys() | real.keys() if unwritten else written.keys()
    return sorted(one for one in asked if written.get(one) != real.get(one, _NONE))


def put_right() -> int:
    """Write down what has drifted. Returns how many members had other figures."""
    wrong = drifted()
    for start in range(0, len(wrong), SHARE):
        with unit_of_work():
            keep(wrong[start : start + SHARE])
    return len(wrong)


FOLLOWS = ("rewards.standing", "rewards.figures")
"""The jobs that count anew."""


@health.check("rank figures")
def _figures() -> health.Finding:
    wrong = len(drifted(unwritten=False))
    late = (
        select(Job.id).where(Job.kind.in_(FOLLOWS), Job.done_at.is_(None), Job.parked_at.is_(None)).limit(1)
    )
    waits = bool(wrong) and db.session.scalar(late) is not None
    detail = f"{wrong} members have other figures than are kept" if wrong else "equal what can be counted"
    if waits:
        detail += "; the worker is about to count anew"
    return health.Finding("rank figures", not wrong or waits, detail, "Run: flask --app app ledger rebuild")
