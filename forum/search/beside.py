"""Guides, articles of the help centre and members for what was typed: the other tabs of the search page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Text, and_, case, cast, func, or_, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.members.rules import name_key
from common.db import db
from common.direct import Direct, given
from common.i18n import day_begins, language
from common.permissions import Actor
from forum.content.guides.queries import GuideRow
from forum.content.guides.queries import rows as guide_rows
from forum.content.guides.shelf import GuideWish
from forum.content.guides.shelf import find_guides as on_shelf
from forum.content.helpcentre import finding as helpcentre
from forum.content.helpcentre.finding import ArticleRow, ArticleWish
from forum.search import highlighting
from forum.search.finding import stems_of
from forum.search.products import product_choice
from forum.search.rules import LAST_PAGE, LONGEST_QUERY, PAGE_SIZE, Filters, Wanted
from forum.search.words import variants


@dataclass(frozen=True, slots=True)
class GuideResult:
    """A guide among the results; ``title`` is safe HTML with the words marked."""

    row: GuideRow
    title: Markup


def find_guides(
    actor: Actor, wanted: list[Wanted], filters: Filters, page: int = 1, size: int = PAGE_SIZE
) -> tuple[tuple[GuideResult, ...], int]:
    """One page of official guides for what is wanted, and how many there are.

    State, author and topic do not narrow guides, which have none; the date is that of the last check.
    """
    if not wanted:
        return (), 0
    product = product_choice(filters.product_id)
    wish = GuideWish(filters.category_id, filters.language, product.name if product else "", *_days(filters))
    ids = on_shelf([_alternatives(one) for one in wanted], wish)
    start = _start(page, size)
    rows = guide_rows(actor, ids[start : start + size])
    ordered = [rows[one] for one in ids[start : start + size] if one in rows]
    return tuple(GuideResult(row, _marked(row, wanted)) for row in ordered), len(ids)


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """An article of the help centre among the results; title and excerpt are safe HTML with the words marked."""

    row: ArticleRow
    title: Markup
    excerpt: Markup


def find_articles(
    wanted: list[Wanted], filters: Filters, page: int = 1, size: int = PAGE_SIZE
) -> tuple[tuple[ArticleResult, ...], int]:
    """One page of the help centre's articles for what is wanted, and how many there are. They stand elsewhere and have
    neither state nor author nor topic; the date is that of their last change."""
    if not wanted:
        return (), 0
    wish = ArticleWish(filters.category_id, filters.language, filters.product_id, *_days(filters))
    ids = helpcentre.find_articles([_alternatives(one) for one in wanted], wish, language())
    start = _start(page, size)
    rows = helpcentre.rows(ids[start : start + size])
    return tuple(_article(row, wanted) for row in rows.values()), len(ids)


def _article(row: ArticleRow, wanted: list[Wanted]) -> ArticleResult:
    stems = stems_of(wanted, row.language)
    text = row.text.replace("\n", " ")
    return ArticleResult(
        row,
        highlighting.marked(row.title, stems, row.language),
        highlighting.snippet(text, stems, row.language),
    )


def _days(filters: Filters) -> tuple[datetime | None, datetime | None]:
    since, until = filters.since, filters.until
    return day_begins(since) if since else None, day_begins(until + timedelta(days=1)) if until else None


def _start(page: int, size: int) -> int:
    return (min(max(page, 1), LAST_PAGE) - 1) * size


def _marked(row: GuideRow, wanted: list[Wanted]) -> Markup:
    return highlighting.marked(row.title, stems_of(wanted, row.language), row.language)


def _alternatives(wanted: Wanted) -> list[list[tuple[str, ...]]]:
    typed: list[tuple[str, ...]] = [terms for word in wanted.words if (terms := variants(word))]
    found: list[list[tuple[str, ...]]] = [typed] if typed else []
    found.extend([(term,) for term in terms] for terms in wanted.others)
    return found


@dataclass(frozen=True, slots=True)
class MemberCount:
    """How many members' names hold what was typed; ``is_name`` when one is called exactly so."""

    total: int = 0
    is_name: bool = False


def count_members(typed: str) -> MemberCount:
    """How many there are."""
    key = name_key(typed.strip()[:LONGEST_QUERY])
    if len(key) < 2:
        return MemberCount()
    [(total, is_name)] = _COUNT.rows(key=key, part=_escaped(key))
    return MemberCount(total, bool(is_name))


def find_members(typed: str, page: int = 1) -> tuple[MemberCard, ...]:
    """Members whose name holds what was typed, those with most points first."""
    key = name_key(typed.strip()[:LONGEST_QUERY])
    if len(key) < 2:
        return ()
    start = (min(max(page, 1), LAST_PAGE) - 1) * PAGE_SIZE
    query = select(Member.id).where(*_named(_escaped(key))).order_by(Member.points.desc(), Member.id)
    ids = list(db.session.scalars(query.limit(PAGE_SIZE).offset(start)))
    known = cards(ids)
    return tuple(known[member_id] for member_id in ids if member_id in known)


def member_named(actor: Actor, typed: str) -> int | None:
    """The member called exactly so (or of this number), for the filter by author. Nobody whose account is closed; who has a
    private profile is found by themselves and the team only: what they wrote makes no list for others."""
    typed = typed.strip()[:LONGEST_QUERY]
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    one = Member.id == number if number is not None else Member.name_key == name_key(typed)
    listed = [] if actor.is_staff else [or_(Member.is_private.is_(False), Member.id == actor.member_id)]
    query = select(Member.id).where(one, Member.closed_at.is_(None), *listed)
    return db.session.scalar(query)


def _named(part: Any) -> tuple[Any, Any]:
    listed = and_(Member.closed_at.is_(None), Member.is_private.is_(False))
    return listed, Member.name_key.contains(part, escape="/")


def _escaped(key: str) -> str:
    """A name as a part of a pattern that means itself."""
    return key.replace("/", "//").replace("%", "/%").replace("_", "/_")


_COUNT = Direct(
    select(func.count(), func.max(case((Member.name_key == cast(given("key"), Text), 1), else_=0))).where(
        *_named(cast(given("part"), Text))
    )
)
