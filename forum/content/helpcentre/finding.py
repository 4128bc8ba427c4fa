"""Looking articles up by words: one statement over the stems, the same on every database, never behind.

An article that is withdrawn has no stems, so it is found no more from that very transaction on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select

from common.db import db
from common.direct import Direct, given
from forum.browsing.queries import CategoryCard, categories_by_id
from forum.content.guides.shelf import CLOSE_ENOUGH, Alternatives
from forum.content.helpcentre.models import HelpArticle, HelpTerm
from forum.content.helpcentre.rules import MOST_ARTICLES
from forum.search.words import LANGUAGES, terms, variants

_MOST_ROWS = 20_000
"""Stems that one look-up reads, those that say most first."""
BODY_READ = 4_000
_HALF = 0.5
OWN_LANGUAGE = 1.5
"""An article in the reader's language comes before one in another that fits up to so much better."""


@dataclass(frozen=True, slots=True)
class ArticleWish:
    """What a search for articles is narrowed to."""

    category_id: int | None = None
    language: str | None = None
    product_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def criteria(self) -> list[Any]:
        """As the database asks for it."""
        found: list[Any] = []
        if self.category_id is not None:
            found.append(HelpArticle.category_id == self.category_id)
        if self.language:
            found.append(HelpArticle.language == self.language)
        if self.product_id is not None:
            found.append(HelpArticle.product_marks.contains(f",{self.product_id},", autoescape=True))
        if self.since:
            found.append(HelpArticle.updated_at >= self.since)
        if self.until:
            found.append(HelpArticle.updated_at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article as pages show it; ``text`` is the beginning, plain, a line a paragraph."""

    id: int
    title: str
    url: str
    language: str
    category: CategoryCard | None
    updated_at: datetime
    text: str

    @property
    def site(self) -> str:
        """The name of the site it stands on."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class _Held:
    """What the index holds of some terms: by article, what each says; in how many articles each stands."""

    says: dict[int, dict[str, float]]
    titles: dict[int, set[str]]
    frequency: Counter[str]
    total: int

    def rarity(self, term: str) -> float:
        return log(1 + self.total / (self.frequency[term] + 0.5)) if term in self.frequency else 0.0


def find_articles(wanted: Sequence[Alternatives], wish: ArticleWish, own: str = "") -> list[int]:
    """Ids of articles with all that is wanted (where none has all, with half of it), best first; of those that fit
    alike, the ones in the reader's ``own`` language."""
    held = _held(
        {term for one in wanted for slots in one for slot in slots for term in slot}, wish.criteria()
    )
    all_of: list[tuple[float, int]] = []
    some_of: list[tuple[float, int]] = []
    for article_id, says in held.says.items():
        scores = [_score(held, says, alternatives) for alternatives in wanted]
        place = (-round(sum(scores) * _nearer(says, own), 2), -article_id)
        if all(scores):
            all_of.append(place)
        elif sum(score > 0 for score in scores) >= len(scores) * _HALF:
            some_of.append(place)
    return [-article_id for _score_, article_id in sorted(all_of or some_of)]


def _nearer(says: dict[str, float], own: str) -> float:
    """What an article's score is taken times: its stems carry its language."""
    return OWN_LANGUAGE if next(iter(says)).startswith(f"{own}|") else 1.0


def like_text(title: str, language: str, most: int = 2) -> list[int]:
    """Ids of articles that answer what somebody is about to ask, best first; few and close, as of guides."""
    asked = set(terms(title, language))
    if len(asked) < 2 or language not in LANGUAGES:
        return []
    held = _held(asked, [])
    whole = sum(held.rarity(term) or log(1 + held.total / _HALF) for term in asked)
    found = []
    for article_id, head in held.titles.items():
        said = sum(held.rarity(term) for term in head)
        if len(head) > 1 and whole and said / whole >= CLOSE_ENOUGH:
            found.append((-said / whole, -article_id))
    return [-article_id for _share, article_id in sorted(found)[:most]]


def stands_in_articles(word: str) -> bool:
    """Whether any article holds a query's word, in any of its forms."""
    query = select(HelpTerm.article_id).where(HelpTerm.term.in_(variants(word))).limit(1)
    return db.session.scalar(query) is not None


def rows(article_ids: Iterable[int]) -> dict[int, ArticleRow]:
    """Articles that are there now, in the order asked; none for an empty list."""
    ids = list(article_ids)
    if not ids:
        return {}
    query = select(
        HelpArticle.id, HelpArticle.title, HelpArticle.url, HelpArticle.language, HelpArticle.category_id,
        HelpArticle.updated_at, func.substr(HelpArticle.body, 1, BODY_READ).label("text"),
    ).where(HelpArticle.id.in_(ids), HelpArticle.withdrawn_at.is_(None))  # fmt: skip
    known = {
        row.id: ArticleRow(
            row.id, row.title, row.url, row.language, categories_by_id().get(row.category_id), row.updated_at, row.text
        )
        for row in db.session.execute(query)
    }  # fmt: skip
    return {one: known[one] for one in ids if one in known}


def _stems(terms_given: Any, criteria: Sequence[Any] = ()) -> Select[Any]:
    """Stems of articles with what they say, and how many articles there are."""
    there = select(func.count()).select_from(HelpArticle).where(HelpArticle.withdrawn_at.is_(None))
    query = select(
        HelpTerm.term, HelpTerm.article_id, HelpTerm.says, HelpTerm.in_title, there.scalar_subquery()
    ).where(HelpTerm.term.in_(terms_given))
    if criteria:
        query = query.join(HelpArticle, HelpArticle.id == HelpTerm.article_id).where(*criteria)
    return query.order_by(HelpTerm.says.desc(), HelpTerm.article_id).limit(_MOST_ROWS)


_UNFILTERED = Direct(_stems([given("terms")]), "terms")


def _rows(wanted: list[str], criteria: list[Any]) -> Iterable[Any]:
    if not wanted:
        return ()
    if criteria:
        return db.session.execute(_stems(wanted, criteria))
    return _UNFILTERED.rows(terms=wanted)


def _held(wanted: set[str], criteria: list[Any]) -> _Held:
    says: dict[int, dict[str, float]] = defaultdict(dict)
    titles: dict[int, set[str]] = defaultdict(set)
    frequency: Counter[str] = Counter()
    total = 0
    for term, article_id, weight, in_title, total in _rows(sorted(wanted), criteria):  # noqa: B007 - the same in all
        says[article_id][term] = weight
        frequency[term] += 1
        if in_title:
            titles[article_id].add(term)
    return _Held(dict(says), dict(titles), frequency, total or MOST_ARTICLES)


def _score(held: _Held, says: dict[str, float], alternatives: Alternatives) -> float:
    best = 0.0
    for slots in alternatives:
        found = [
            max((says.get(term, 0.0) * held.rarity(term) for term in slot), default=0.0) for slot in slots
        ]
        if found and all(found):
            best = max(best, sum(found) / len(found))
    return best
