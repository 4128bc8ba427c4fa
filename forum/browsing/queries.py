"""Reads for lists of questions: one page of rows, the numbers beside the filters, the categories.

A row is made of columns, not of objects: one statement for the rows, one for their authors, whatever the length.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from accounts.members.queries import FORMER_MEMBER, Cards, MemberCard, cards
from common import clock, text
from common.db import db, not_by_index
from common.freshness import Shelf
from common.i18n import language
from common.lists import Page, keyset, page_of
from forum.browsing.rules import (
    MOST_ROWS,
    PAGE_SIZE,
    PERIODS,
    WAITING_HOURS,
    WANTED_COUNT,
    Filters,
    ListSort,
    ListState,
)
from forum.browsing.wording import SHOWN_OTHERWISE, WORDS, StateWords
from forum.categories.models import Category
from forum.housekeeping.models import TagAlias
from forum.products.models import Product
from forum.questions.models import Post, Question, QuestionTag, Tag
from forum.questions.rules import HelpState, PostKind, PostState
from forum.solutions.rules import GROUPS

EXCERPT = 140
_BODY_START = 600
_FRESH = 30.0
"""Seconds a count or the list of categories is remembered in a process."""


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """A category as pages show it. ``name`` is in the reader's language."""

    id: int
    key: str
    slug: str
    name_fr: str
    name_en: str
    icon: str
    question_count: int
    masks: bool = True

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return self.name_en if language() == "en" else self.name_fr


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One line of a list of questions."""

    id: int
    slug: str
    title: str
    excerpt: str
    language: str
    help_state: HelpState
    accepted: bool
    official: bool
    answer_count: int
    me_too_count: int
    view_count: int
    category: CategoryCard | None
    author: MemberCard
    published_at: datetime
    active_at: datetime

    @property
    def node(self) -> str:
        """What the round sign at the left says: done, off (official), none (no answer) or count."""
        if self.help_state == HelpState.SOLVED and (self.accepted or not self.official):
            return "done"
        if self.official:
            return "off"
        return "count" if self.answer_count else "none"

    @property
    def unanswered(self) -> bool:
        """Open, and nobody has answered yet (a tip leaves it so)."""
        return self.answer_count == 0 and self.help_state == HelpState.OPEN

    @property
    def state(self) -> StateWords | None:
        """The state in words, where the round sign does not say it."""
        return None if self.help_state in SHOWN_OTHERWISE else WORDS[self.help_state]


# --- rows -----------------------------------------------------------------------------------------------------


_COLUMNS = (
    Question.id,
    Question.slug,
    Question.title,
    func.substr(Post.body, 1, _BODY_START).label("body"),
    Post.language,
    Post.version,
    Question.help_state,
    Question.accepted_answer_id,
    Question.official_answer_id,
    Question.answer_count,
    Question.me_too_count,
    Question.view_count,
    Question.category_id,
    Post.author_id,
    Post.published_at,
    Question.active_at,
)
_question, _post = Question.__table__, Post.__table__
_TABLES = _question.join(_post, _question.c.id == _post.c.id)
_TABLES_BY_DATE = _question.join(_post, _question.c.id == not_by_index(_post.c.id))
"""Where posts are to be gone through in their own order, each bringing its question."""
_ORDER: dict[str, Any] = {
    ListSort.ACTIVE: Question.active_at,
    ListSort.NEW: Post.published_at,
    ListSort.WANTED: Question.me_too_count,
    ListSort.VIEWED: Question.view_count,
}


def questions_page(
    filters: Filters, after: str = "", size: int = PAGE_SIZE, criteria: Sequence[Any] = ()
) -> Page:
    """One page of published questions as :class:`QuestionRow`; ``after`` continues a page (keyset).

    ``criteria`` are further conditions on Post and Question, e.g. one author's questions.
    """
    size = min(size, MOST_ROWS)
    by_date = filters.sort == ListSort.NEW and not filters.tag and not criteria
    query = published_rows(by_date).where(*_conditions(filters), *criteria)
    by_time = filters.sort in (ListSort.ACTIVE, ListSort.NEW)
    query = keyset(query, _ORDER[filters.sort], Question.__table__.c.id, after, size, by_time)
    name = _ORDER[filters.sort].key
    found = page_of(list(db.session.execute(query)), size, lambda row: (getattr(row, name), row.id))
    return Page(list(rows_of(found.items)), found.next)


def published_rows(by_date: bool = False) -> Select[Any]:
    """The statement every list begins with: what everybody may see, as the columns of a row. ``by_date`` when the
    list is in the order of publication, which the index of states gives."""
    if by_date:
        query = select(*_COLUMNS).select_from(_TABLES_BY_DATE)
        return query.where(Post.state == PostState.PUBLISHED, Post.kind == PostKind.QUESTION)
    return select(*_COLUMNS).select_from(_TABLES).where(not_by_index(Post.state) == PostState.PUBLISHED)


def rows_of(found: Sequence[Any], with_authors: bool = True) -> tuple[QuestionRow, ...]:
    """Rows of columns as question rows, their authors (where the list shows them) loaded in one statement."""
    authors = cards({row.author_id for row in found if row.author_id} if with_authors else ())
    known = categories_by_id()
    return tuple(_row(row, authors, known) for row in found)


def _row(row: Any, authors: Cards, known: dict[int, CategoryCard]) -> QuestionRow:
    return QuestionRow(
        id=row.id,
        slug=row.slug,
        title=row.title,
        excerpt=_excerpt(row.id, row.version, row.body),
        language=row.language,
        help_state=row.help_state,
        accepted=row.accepted_answer_id is not None,
        official=row.official_answer_id is not None,
        answer_count=row.answer_count,
        me_too_count=row.me_too_count,
        view_count=row.view_count,
        category=known.get(row.category_id),
        author=authors.get(row.author_id, FORMER_MEMBER),
        published_at=row.published_at,
        active_at=row.active_at,
    )


@lru_cache(maxsize=8192)
def _excerpt(_post_id: int, _version: int, body: str) -> str:
    return text.excerpt(body, EXCERPT)


# --- conditions -----------------------------------------------------------------------------------------------


def _led_to(name: str) -> Any:
    """The topic that another name leads to."""
    return select(TagAlias.tag_id).where(TagAlias.key == name).scalar_subquery()


def tag_in_force(name: str) -> str:
    """The name in force of a topic, for an address that has an earlier one."""
    query = select(Tag.key).join(TagAlias, TagAlias.tag_id == Tag.id).where(TagAlias.key == name)
    return remember(("topic", name), lambda: db.session.scalar(query) or name)


def tag_label(key: str) -> str:
    """A topic as people write it; empty where there is none of this name."""
    query = select(Tag.label).where(Tag.key == key)
    return remember(("topic label", key), lambda: db.session.scalar(query) or "")


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(state_condition(ListState(filters.state)))
    if filters.category:
        category = category_by_slug(filters.category)
        found.append(Question.category_id == (category.id if category else -1))
    if filters.tag:
        tagged = (
            select(QuestionTag.question_id)
            .join(Tag, Tag.id == QuestionTag.tag_id)
            .where(or_(Tag.key == filters.tag, Tag.id == _led_to(filters.tag)))
        )
        found.append(Question.__table__.c.id.in_(tagged))
    if filters.product:
        named = select(Product.id).where(Product.slug == filters.product).scalar_subquery()
        found.append(Question.product_id == named)
    if filters.language:
        found.append(Post.language == filters.language)
    if filters.period:
        found.append(Post.published_at >= clock.now() - timedelta(days=PERIODS[filters.period]))
    return found


_PLAIN = {
    ListState.UNANSWERED: HelpState.OPEN,
    ListState.ANSWERED: HelpState.ANSWERED,
    ListState.WAITING: HelpState.NEEDS_INFO,
    ListState.PRESUMED: HelpState.PRESUMED_SOLVED,
    ListState.SOLVED: HelpState.SOLVED,
}


def state_condition(state: ListState) -> ColumnElement[bool]:
    """What each derived state of a list means."""
    plain = _PLAIN.get(state)
    if plain is not None:
        return Question.help_state == plain
    if state == ListState.ENDED:
        return Question.help_state.in_(sorted(GROUPS["closed"]))
    if state == ListState.OFFICIAL:
        return Question.official_answer_id.is_not(None)
    undecided = Question.help_state.in_((HelpState.OPEN, HelpState.ANSWERED))
    waiting = clock.now() - timedelta(hours=WAITING_HOURS)
    unhelped = and_(Question.help_state == HelpState.OPEN, Post.published_at < waiting)
    return and_(undecided, or_(unhelped, Question.me_too_count >= WANTED_COUNT))


# --- what is remembered for a moment --------------------------------------------------------------------------


_kept = Shelf(400)


def remember(key: Hashable, make: Callable[[], Any], seconds: float = _FRESH) -> Any:
    """What was counted less than so many seconds ago in this process, or what ``make`` counts now."""
    known = _kept.get(key)
    if known and time.monotonic() - known[0] < seconds:
        return known[1]
    value = make()
    _kept.put(key, (time.monotonic(), value))
    return value


def forget() -> None:
    """Read categories and counts again at the next question (after a category was changed)."""
    _kept.clear()


def state_counts(category_id: int | None = None) -> dict[str, int]:
    """How many published questions each state of the filter would show; ``""`` is all of them."""
    return remember(("counts", category_id), lambda: _state_counts(category_id))


def _state_counts(category_id: int | None) -> dict[str, int]:
    sums = [func.coalesce(func.sum(case((state_condition(state), 1), else_=0)), 0) for state in ListState]
    query = select(func.count(), *sums).select_from(_TABLES).where(Post.state == PostState.PUBLISHED)
    if category_id is not None:
        query = query.where(Question.category_id == category_id)
    found = db.session.execute(query).one()
    return {
        "": found[0],
        **{state.value: int(count) for state, count in zip(ListState, found[1:], strict=True)},
    }


def categories() -> tuple[CategoryCard, ...]:
    """All categories, in their order."""
    return remember("categories", _categories)


def _categories() -> tuple[CategoryCard, ...]:
    table = Category
    query = select(
        table.id,
        table.key,
        table.slug,
        table.name_fr,
        table.name_en,
        table.icon,
        table.question_count,
        table.masks,
    ).order_by(table.position, table.id)
    return tuple(CategoryCard(*row) for row in db.session.execute(query))


def categories_by_id() -> dict[int, CategoryCard]:
    """Categories by id."""
    return {category.id: category for category in categories()}


def category_by_slug(slug: str) -> CategoryCard | None:
    """The category of an address, or None."""
    return next((category for category in categories() if category.slug == slug), None)


def common_tags(limit: int = 12) -> tuple[tuple[str, str, int], ...]:
    """The most used tags as (key, label, number of questions)."""
    query = select(Tag.key, Tag.label, Tag.question_count).where(Tag.question_count > 0)
    return remember(
        ("tags", limit),
        lambda: tuple(
            tuple(row)
            for row in db.session.execute(query.order_by(Tag.question_count.desc(), Tag.id).limit(limit))
        ),
    )
