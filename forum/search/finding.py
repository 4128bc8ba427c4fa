"""What a person who types words gets: questions, the best solution, another spelling (guides and members: beside.py).

The index gives ids; every title and text shown is read again under the read rule. Of questions that fit equally well
the most read comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select

from accounts.members.queries import FORMER_MEMBER, MemberCard, cards
from common.db import db
from common.direct import Direct, given
from common.permissions import Actor
from common.text import plain_from_html
from forum.browsing.queries import QuestionRow, categories, common_tags, published_rows, rows_of
from forum.content.guides.shelf import stands_in_guides
from forum.content.helpcentre.finding import stands_in_articles
from forum.questions.models import Post, Question
from forum.questions.queries import visible_to
from forum.questions.rules import PostState
from forum.search import highlighting, spelling
from forum.search.index import backend
from forum.search.rules import (
    FEW,
    LAST_PAGE,
    LONGEST_QUERY,
    PAGE_SIZE,
    Filters,
    Match,
    Matches,
    Resting,
    Wanted,
    band,
)
from forum.search.synonyms.widening import stems_wanted, widen
from forum.search.words import query_words, shelf_of
from forum.search.words import words as words_of

_TEXT_READ = 3_000


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the results; ``title`` and ``excerpt`` are safe HTML with the words marked."""

    row: QuestionRow
    title: Markup
    excerpt: Markup
    from_solution: bool


@dataclass(frozen=True, slots=True)
class Solution:
    """The accepted answer of the best solved result."""

    question: QuestionRow
    answer_id: int
    author: MemberCard
    text: Markup


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search. ``resting`` is true while the index cannot be read."""

    typed: str
    results: tuple[Result, ...] = ()
    total: int = 0
    page: int = 1
    solution: Solution | None = None
    did_you_mean: str | None = None
    resting: bool = False

    @property
    def has_next(self) -> bool:
        """Whether another page follows."""
        return self.page < LAST_PAGE and self.page * PAGE_SIZE < self.total


def wanted_of(typed: str) -> list[Wanted]:
    """What is wanted by what was typed: its words, with those that mean the same."""
    words = query_words(typed.strip()[:LONGEST_QUERY])
    return widen(words) if words else []


def find(
    actor: Actor, typed: str, filters: Filters, page: int = 1, wanted: list[Wanted] | None = None
) -> Found:
    """Questions for what was typed (``wanted``, where that is known already). Never raises: a broken index gives a
    resting answer."""
    typed = typed.strip()[:LONGEST_QUERY]
    words = query_words(typed)
    page = min(max(page, 1), LAST_PAGE)
    if not words:
        return Found(typed, page=page)
    wanted = widen(words) if wanted is None else wanted
    try:
        matches = _matches(words, wanted, filters, LAST_PAGE * PAGE_SIZE)
        meant = _did_you_mean(typed, words, wanted) if matches.total < FEW and page == 1 else None
    except Resting:
        return Found(typed, page=page, resting=True)
    ids = _most_read_first(matches.items, (page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    results, solution = _shown(actor, ids, wanted, with_solution=page == 1)
    return Found(typed, results, matches.total, page, solution, meant)


def count(wanted: list[Wanted], filters: Filters) -> int | None:
    """How many questions there are for what is wanted; None while the index rests."""
    words = [word for one in wanted for word in one.words]
    try:
        return _matches(words, wanted, filters, 1).total if wanted else 0
    except Resting:
        return None


def _matches(words: list[str], wanted: list[Wanted], filters: Filters, limit: int) -> Matches:
    """What the index holds; where a phrase with synonyms is nowhere whole, its words by themselves."""
    found = backend().search(wanted, filters, 0, limit)
    if found.total or len(wanted) == len(words):
        return found
    return backend().search([Wanted((word,)) for word in words], filters, 0, limit)


_question = Question.__table__.c
_VIEWS = Direct(select(_question.id, _question.view_count).where(_question.id.in_([given("ids")])), "ids")


def _most_read_first(items: Sequence[Match], start: int, end: int) -> list[int]:
    """A page of the ids found, the best first; of those that fit equally well, within a percent, the most read."""
    equals = {band(one.score) for one in items[start:end]}
    alike = [one.question_id for one in items if band(one.score) in equals]
    views = dict(_VIEWS.rows(ids=alike)) if len(alike) > 1 else {}
    # The sort keeps the order of equals, and whoever is on another page stands in no band of this one.
    ranked = sorted(items, key=lambda one: (-band(one.score), -views.get(one.question_id, 0)))
    return [match.question_id for match in ranked[start:end]]


def _shown(
    actor: Actor, ids: list[int], wanted: list[Wanted], with_solution: bool
) -> tuple[tuple[Result, ...], Solution | None]:
    if not ids:
        return (), None
    found = db.session.execute(published_rows().where(Post.id.in_(ids), visible_to(actor))).all()
    accepted = {row.id: row.accepted_answer_id for row in found if row.accepted_answer_id}
    rows = {row.id: row for row in rows_of(found)}
    texts = _texts(actor, [*rows, *accepted.values()])
    ordered = [rows[question_id] for question_id in ids if question_id in rows]
    results = tuple(_result(row, texts, accepted.get(row.id), wanted) for row in ordered)
    if not with_solution:
        return results, None
    fitting = (
        row for row in ordered[:5] if accepted.get(row.id) in texts and _fits(row, accepted, texts, wanted)
    )
    best = next(fitting, None)
    return results, _solution(best, accepted[best.id], texts, wanted) if best else None


def _fits(row: QuestionRow, accepted: dict[int, int], texts: dict[int, Any], wanted: list[Wanted]) -> bool:
    """A solution is put forward when it or its question's title holds at least half of what is wanted."""
    both = f"{row.title} {texts[accepted[row.id]][0]}"
    held = [highlighting.richness(both, stems_of([one], row.language), row.language) > 0 for one in wanted]
    return sum(held) * 2 >= len(held)


def stems_of(wanted: list[Wanted], language: str) -> frozenset[str]:
    """What is marked in a text of a language: the words typed, and those that mean the same."""
    typed = (word for one in wanted for word in one.words)
    return highlighting.wanted_stems(typed, language) | stems_wanted(wanted, shelf_of(language))


def _texts(actor: Actor, ids: list[int]) -> dict[int, Any]:
    """The beginning of posts as plain text, with their authors, as far as this actor may read them."""
    beginning = func.substr(Post.body_html, 1, _TEXT_READ).label("html")
    query = select(Post.id, Post.author_id, Post.language, beginning).where(
        Post.id.in_(ids), Post.state == PostState.PUBLISHED, visible_to(actor)
    )
    return {row.id: (_plain(row.html), row.author_id, row.language) for row in db.session.execute(query)}


@lru_cache(maxsize=2_000)
def _plain(html: str) -> str:
    return plain_from_html(html)


def _result(row: QuestionRow, texts: dict[int, Any], answer_id: int | None, wanted: list[Wanted]) -> Result:
    stems = stems_of(wanted, row.language)
    own = texts.get(row.id, ("",))[0]
    candidates = [own, texts[answer_id][0]] if answer_id in texts else [own]
    best, excerpt = highlighting.richest(candidates, stems, row.language)
    title = highlighting.marked(row.title, stems, row.language)
    return Result(row=row, title=title, excerpt=excerpt, from_solution=best == 1)


def _solution(row: QuestionRow, answer_id: int, texts: dict[int, Any], wanted: list[Wanted]) -> Solution:
    text, author_id, language = texts[answer_id]
    stems = stems_of(wanted, language)
    author = cards({author_id}).get(author_id, FORMER_MEMBER) if author_id else FORMER_MEMBER
    return Solution(row, answer_id, author, highlighting.snippet(text, stems, language, 420))


def _did_you_mean(typed: str, words: list[str], wanted: list[Wanted]) -> str | None:
    """The query with unknown words replaced by the nearest known ones, or ``None`` when all are known."""
    index, changed, names = backend(), typed, _names()
    meant = {word for one in wanted if one.others for word in one.words}
    for word in words:
        short = len(word) < 4 or any(char.isdigit() for char in word)
        if short or word in meant or index.frequency(word) or stands_in_guides(word):
            continue
        near = spelling.nearest(word, index.known_words(word[0]), names)
        if near and not stands_in_articles(word):
            changed = _replaced(changed, word, near)
    return changed if changed != typed else None


def _names() -> set[str]:
    """The words in names of categories and of the most used topics, which are read anyway."""
    said = [name for one in categories() for name in (one.name_fr, one.name_en)]
    said += [label for _key, label, _count in common_tags(30)]
    return {folded for name in said for _start, _end, folded in words_of(name)}


def _replaced(typed: str, word: str, other: str) -> str:
    for start, end, folded in words_of(typed):
        if folded == word:
            return typed[:start] + other + typed[end:]
    return typed
