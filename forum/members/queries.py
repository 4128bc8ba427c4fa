"""What the public sees of a member: figures, best solutions, what they know, and who helps most.

Only published content counts, for every reader alike; figures with nothing behind them are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.queries import MemberCard, card_of, cards
from accounts.members.rules import STAFF
from common import clock, text
from common.db import db, not_by_index
from common.lists import Page, keyset, page_of
from common.quantiles import median
from forum.browsing.queries import CategoryCard, QuestionRow, categories_by_id, published_rows, rows_of
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.solutions.models import Thanks

PAGE_SIZE = 10
WEEKS = 26
ACTIVITY_MOST = 5_000
"""Answers of half a year that are counted week by week at most."""
DELAY_SAMPLE = 200
EXPERTS_SHOWN = 12
PER_CATEGORY = 3

_post, _question = Post.__table__, Question.__table__


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as the public sees them."""

    id: int
    card: MemberCard
    bio: str
    city: str
    joined_at: datetime
    suspended: bool
    role: str
    language: str
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A member's published contributions."""

    questions: int
    answers: int
    solutions: int
    kudos: int
    reviews: int = 0
    thanks: int = 0

    @property
    def share(self) -> int | None:
        """Percent of the answers that became the solution; None below ten answers."""
        return round(100 * self.solutions / self.answers) if self.answers >= 10 else None


@dataclass(frozen=True, slots=True)
class Contribution:
    """An answer in a list: the question's row, and what was answered."""

    row: QuestionRow
    answer_id: int
    excerpt: str
    kudos_count: int
    published_at: datetime
    accepted: bool


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How many solutions a member gave in a category."""

    category: CategoryCard
    solutions: int


@dataclass(frozen=True, slots=True)
class KindWord:
    """A kind word of somebody who was helped."""

    words: str
    language: str
    author: MemberCard
    answer_id: int
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Expert:
    """A member and the solutions they gave in a period."""

    card: MemberCard
    solutions: int


def find_profile(member_id: int) -> Profile | None:
    """The member's public face; None for nobody and for closed accounts."""
    member = db.session.scalar(select(Member).where(Member.id == member_id, Member.closed_at.is_(None)))
    if member is None:
        return None
    until = member.suspended_until
    return Profile(
        id=member.id,
        card=card_of(member.id, member.display_name, member.slug, member.rank, member.role, member.points),
        bio=member.bio,
        city=member.city,
        joined_at=member.joined_at,
        suspended=until is not None and until > clock.now(),
        role=member.role,
        language=member.language,
        is_private=member.is_private,
    )


def figures_of(member_id: int) -> Figures:
    """Counts of published questions and answers, solutions and thumbs-up, in one statement."""

    def mine(kind: PostKind) -> Any:
        return and_(
            _post.c.author_id == member_id, _post.c.kind == kind, _post.c.state == PostState.PUBLISHED
        )

    solved = select(func.count()).select_from(_solved()).where(_post.c.author_id == member_id)
    row = db.session.execute(
        select(
            select(func.count()).where(mine(PostKind.QUESTION)).scalar_subquery(),
            select(func.count()).where(mine(PostKind.ANSWER)).scalar_subquery(),
            solved.where(_post.c.state == PostState.PUBLISHED).scalar_subquery(),
            select(func.coalesce(func.sum(_post.c.kudos_count), 0))
            .where(_post.c.author_id == member_id, _post.c.state == PostState.PUBLISHED)
            .scalar_subquery(),
            select(func.count()).where(mine(PostKind.REVIEW)).scalar_subquery(),
            select(func.count()).select_from(_thanks(member_id).subquery()).scalar_subquery(),
        )
    ).one()
    return Figures(*(int(value) for value in row))


def _solved() -> Any:
    """Answers joined to the question they solved, as long as its thread can be read."""
    asked = aliased(_post)
    return _post.join(_question, _question.c.accepted_answer_id == _post.c.id).join(
        asked, and_(asked.c.id == _question.c.id, asked.c.state == PostState.PUBLISHED)
    )


def best_solutions(member_id: int, size: int = PAGE_SIZE) -> list[Contribution]:
    """The member's solutions with the most thumbs-up."""
    query = _answers(member_id).where(_question.c.accepted_answer_id == _post_answer.c.id)
    query = query.order_by(_post_answer.c.kudos_count.desc(), _post_answer.c.id.desc()).limit(size)
    return _contributions(db.session.execute(query).all())


def answers_page(member_id: int, after: str, size: int = PAGE_SIZE) -> Page[Contribution]:
    """The member's answers, newest first."""
    query = keyset(_answers(member_id), _post_answer.c.published_at, _post_answer.c.id, after, size)
    found = page_of(list(db.session.execute(query)), size, lambda row: (row.answered_at, row.answer_id))
    return Page(_contributions(found.items), found.next)


_post_answer = aliased(_post)


def _answers(member_id: int) -> Select[Any]:
    return (
        published_rows()
        .join(_post_answer, _post_answer.c.question_id == _question.c.id)
        .where(_post_answer.c.author_id == member_id, _post_answer.c.kind == PostKind.ANSWER)
        .where(_post_answer.c.state == PostState.PUBLISHED)
        .add_columns(
            _post_answer.c.id.label("answer_id"),
            func.substr(_post_answer.c.body, 1, 500).label("answer_body"),
            _post_answer.c.kudos_count.label("answer_kudos"),
            _post_answer.c.published_at.label("answered_at"),
        )
    )


def _contributions(rows: Sequence[Any]) -> list[Contribution]:
    return [
        Contribution(
            row=row,
            answer_id=found.answer_id,
            excerpt=text.excerpt(found.answer_body, 140),
            kudos_count=found.answer_kudos,
            published_at=found.answered_at,
            accepted=found.accepted_answer_id == found.answer_id,
        )
        for row, found in zip(rows_of(rows, with_authors=False), rows, strict=True)
    ]


def knowledge_of(member_id: int, limit: int = 5) -> list[Knowledge]:
    """Categories in which the member gave most solutions."""
    query = (
        select(_question.c.category_id, func.count().label("solutions"))
        .select_from(_solved())
        .where(_post.c.author_id == member_id, _post.c.state == PostState.PUBLISHED)
        .group_by(_question.c.category_id)
        .order_by(func.count().desc())
        .limit(limit)
    )
    known = categories_by_id()
    return [Knowledge(known[cid], count) for cid, count in db.session.execute(query) if cid in known]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Published answers in each of the last 26 weeks, oldest first, and the median minutes to the newest of them.

    ``delay`` is None below five answers.
    """

    weeks: tuple[int, ...]
    delay: int | None


def rhythm_of(member_id: int) -> Rhythm:
    """When and how fast a member answers, from one statement."""
    now, asked = clock.now(), aliased(_post)
    query = (
        select(asked.c.published_at, _post.c.published_at)
        .select_from(_post.join(asked, asked.c.id == _post.c.question_id))
        .where(
            _post.c.author_id == member_id,
            _post.c.kind == PostKind.ANSWER,
            _post.c.state == PostState.PUBLISHED,
        )
        .where(_post.c.published_at >= now - timedelta(weeks=WEEKS), asked.c.state == PostState.PUBLISHED)
        .order_by(_post.c.published_at.desc())
        .limit(ACTIVITY_MOST)
    )
    weeks = [0] * WEEKS
    waits: list[float] = []
    for first, moment in db.session.execute(query):
        weeks[min(WEEKS - 1, max(0, WEEKS - 1 - (now - moment).days // 7))] += 1
        if moment >= first and len(waits) < DELAY_SAMPLE:
            waits.append((moment - first).total_seconds() / 60)
    return Rhythm(tuple(weeks), max(1, round(median(waits) or 0)) if len(waits) >= 5 else None)


def thanks_page(member_id: int, after: str = "", size: int = PAGE_SIZE) -> Page[KindWord]:
    """What those who were helped sent with their acceptance, newest first, while comment, solution and thread can be read."""
    query = keyset(_thanks(member_id), _said.c.published_at, _said.c.id, after, size)
    found = page_of(list(db.session.execute(query)), size, lambda row: (row.published_at, row.id))
    authors = cards(row.author_id for row in found.items)
    words = [
        KindWord(
            text.excerpt(row.body, 220), row.language, authors[row.author_id], row.answer_id, row.published_at
        )
        for row in found.items
    ]
    return Page(words, found.next)


_said = aliased(_post)


def _thanks(member_id: int) -> Select[Any]:
    answer, asked = aliased(_post), aliased(_post)
    columns = (
        _said.c.id,
        _said.c.body,
        _said.c.language,
        _said.c.author_id,
        _said.c.published_at,
        Thanks.answer_id,
    )
    readable = (one.c.state == PostState.PUBLISHED for one in (_said, answer, asked))
    return (
        select(*columns)
        .join(Thanks, Thanks.comment_id == _said.c.id)
        .join(answer, answer.c.id == Thanks.answer_id)
        .join(asked, asked.c.id == answer.c.question_id)
        .where(Thanks.helper_id == member_id, answer.c.author_id == member_id, *readable)
    )


# --- who helps most ---------------------------------------------------------------------------------------------


def experts(days: int, limit: int = EXPERTS_SHOWN) -> list[Expert]:
    """Members with the most solutions accepted in the last days. The brand's staff is not in the running."""
    query = (
        _helpers(days)
        .group_by(_post.c.author_id)
        .order_by(func.count().desc(), _post.c.author_id)
        .limit(limit)
    )
    rows = db.session.execute(query.with_only_columns(_post.c.author_id, func.count())).all()
    found = cards(author_id for author_id, _count in rows)
    return [Expert(found[author_id], count) for author_id, count in rows if not found[author_id].is_former]


def experts_by_category(days: int) -> list[tuple[CategoryCard, list[Expert]]]:
    """The three with the most solutions in each category; categories without any are left out."""
    best = best_by_category(days, PER_CATEGORY)
    found = cards({author_id for helpers in best.values() for author_id, _count in helpers})
    return [
        (category, [Expert(found[author_id], count) for author_id, count in best[category.id]])
        for category in categories_by_id().values()
        if category.id in best
    ]


def best_by_category(days: int, most: int) -> dict[int, list[tuple[int, int]]]:
    """The ids of those with the most solutions in each category, and how many, in one statement."""
    columns = (_question.c.category_id, _post.c.author_id, func.count().label("solutions"))
    query = _helpers(days).with_only_columns(*columns).group_by(_question.c.category_id, _post.c.author_id)
    rows = db.session.execute(query.order_by(func.count().desc(), _post.c.author_id).limit(2_000)).all()
    best: dict[int, list[tuple[int, int]]] = {}
    for category_id, author_id, count in rows:
        if len(best.setdefault(category_id, [])) < most:
            best[category_id].append((author_id, count))
    return best


def _helpers(days: int) -> Select[Any]:
    asked = aliased(_post)
    solved = _post.join(_question, _question.c.accepted_answer_id == _post.c.id)
    return (
        select(_post.c.author_id)
        .select_from(
            solved.join(Member, Member.id == _post.c.author_id).join(asked, asked.c.id == _question.c.id)
        )
        .where(_question.c.accepted_at >= clock.now() - timedelta(days=days))
        .where(not_by_index(_post.c.state) == PostState.PUBLISHED)
        .where(not_by_index(asked.c.state) == PostState.PUBLISHED)
        .where(Member.closed_at.is_(None), Member.is_private.is_(False), Member.role.not_in(STAFF))
        .where(or_(asked.c.author_id.is_(None), asked.c.author_id != _post.c.author_id))
    )
