"""What the sitemap and the feeds are made of: published questions only, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from common import clock, settings, text
from common.db import db
from common.freshness import LISTS, SITE, Shelf, versions
from forum.browsing.queries import categories
from forum.discovery.numbers import patience
from forum.discovery.rules import (
    URLS_PER_SITEMAP,
    list_is_worth_finding,
    question_is_worth_finding,
    span_of,
)
from forum.questions.models import Post, Question
from forum.questions.rules import PostState

_question, _post = Question.__table__, Post.__table__


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the sitemap: the endpoint with its values, when it changed, the language it is written in, and the
    values with which it stands in other languages where they are not the same."""

    endpoint: str
    values: dict[str, Any]
    changed_at: datetime | None = None
    language: str | None = None
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)


Source = Callable[[], Iterable[Place]]
_sources: list[Source] = []


def offer(source: Source) -> None:
    """Let a subject name pages of its own for the sitemap. Offering twice does nothing more."""
    if source not in _sources:
        _sources.append(source)


def other_places() -> list[Place]:
    """Every page worth finding that is no question."""
    fixed = (
        "home.show", "questions.index", "guides.index", "categories.index", "members.experts", "pages.charter", "pages.help",
        "pages.accessibility", "pages.privacy",
    )  # fmt: skip
    least = settings.get("discovery.thin_list")
    found = [Place(endpoint, {}) for endpoint in fixed]
    found += [
        Place("categories.show", {"slug": category.slug})
        for category in categories()
        if list_is_worth_finding(category.question_count, least)
    ]
    for source in _sources:
        found += source()
    return found[:URLS_PER_SITEMAP]


def sitemap_numbers() -> list[int]:
    """The numbers of the sitemaps of questions: one for each span of ids with a question in it."""
    top = db.session.scalar(select(func.max(_question.c.id)))
    if top is None:
        return []
    spans = range(1, top // URLS_PER_SITEMAP + 2)
    return [number for number in spans if _has_questions(*span_of(number))]


def _has_questions(first: int, end: int) -> bool:
    query = select(_question.c.id).where(_question.c.id >= first, _question.c.id < end).limit(1)
    return db.session.scalar(query) is not None


_SAID = case((_question.c.answer_count == 0, func.substr(_post.c.body_html, 1, 4_000)), else_="")
"""What an unanswered question says, as its page measures it: an answered one is worth finding however short it is."""


def questions_of_sitemap(number: int) -> list[Place]:
    """The questions worth finding in one span of ids."""
    first, end = span_of(number)
    query = (
        select(
            _question.c.id, _question.c.slug, _question.c.answer_count, _question.c.duplicate_of_id,
            _question.c.active_at, _post.c.published_at, _post.c.language, _SAID.label("said"),
        )
        .join(_post, _post.c.id == _question.c.id)
        .where(_question.c.id >= first, _question.c.id < end, _post.c.state == PostState.PUBLISHED)
        .order_by(_question.c.id)
    )  # fmt: skip
    now, waits = clock.now(), patience()
    return [
        Place("questions.show", {"id": row.id, "slug": row.slug}, row.active_at, row.language)
        for row in db.session.execute(query)
        if question_is_worth_finding(
            answer_count=row.answer_count, published_at=row.published_at, text_length=len(text.plain(row.said)),
            duplicate=row.duplicate_of_id is not None, now=now, patience=waits,
        )
    ]  # fmt: skip


_kept = Shelf(64)


def kept(key: Any, make: Callable[[], str]) -> str:
    """A finished file, made again when anything in lists changed: what was removed is gone at once."""
    return _kept.fetch((key, versions(SITE, LISTS)), make)
