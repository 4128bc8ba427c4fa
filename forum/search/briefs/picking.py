"""The brief of a query: passages of the best results that are at hand, as everybody may read them now. No search of its own.

Read are the solutions, official and recommended answers of a few questions, guides and articles of the help centre: what
is held, hidden, removed or for the team alone is never among them, and an edit changes the next brief.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from markupsafe import Markup, escape
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.members.queries import FORMER_MEMBER, MemberCard, cards
from common.db import db
from common.direct import Direct, given, moment_of
from common.i18n import language
from common.permissions import ANONYMOUS
from common.text import paragraphs
from forum.content.guides.models import Guide
from forum.content.guides.rules import GuideState
from forum.content.helpcentre.finding import BODY_READ, ArticleRow
from forum.questions.models import Post, Question
from forum.questions.queries import visible_to
from forum.questions.rules import PostKind, PostState, ReplyKind
from forum.search import highlighting
from forum.search.briefs import numbers, voting
from forum.search.briefs.rules import MOST_QUOTES, Evidence, SourceKind, best_passage, chosen, is_too_vague
from forum.search.finding import stems_of
from forum.search.index import backend
from forum.search.rules import Resting, Wanted
from forum.search.words import placed_words, shelf_of, stem_of

QUESTIONS_READ = 5
ANSWERS_READ = 12
GUIDES_READ = 2
_TEXT_READ = 12_000
_SAID_BY_OTHERS = frozenset(("blockquote",))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage stands. Of an answer ``id`` is its question's, ``slug`` too; an article leads outside by ``url``."""

    key: str
    kind: SourceKind
    id: int
    slug: str
    title: str
    language: str
    text: str
    author_id: int | None
    helped: int
    said_at: datetime
    answer_id: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage with its source; the lines are safe HTML with the words marked, otherwise as they were written."""

    source: Source
    author: MemberCard | None
    lines: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What answers the query; ``token`` is for whoever says whether it did."""

    quotes: tuple[Quote, ...]
    token: str


def brief(
    typed: str, wanted: Sequence[Wanted], question_ids: Sequence[int], guide_ids: Sequence[int] = (),
    articles: Sequence[ArticleRow] = (), most: int = MOST_QUOTES,
) -> Brief | None:  # fmt: skip
    """The brief of what was typed, out of these results; None where they say too little. The reader's language first."""
    if not numbers.is_on() or is_too_vague([word for one in wanted for word in one.words]):
        return None
    sources = [
        *_answers(question_ids[:QUESTIONS_READ]),
        *_guides(guide_ids[:GUIDES_READ]),
        *map(_article, articles),
    ]
    if not sources:
        return None
    weights = _weights(wanted)
    found = [(evidence, one) for one in sources if (evidence := _evidence(one, wanted, weights))]
    own = language()
    for some in ([one for one in found if one[1].language == own], found):
        picked = chosen(some, numbers.least_evidence())
        if picked:
            return _kept(typed, own, wanted, picked, most)
    return None


def _kept(
    typed: str, own: str, wanted: Sequence[Wanted], picked: list[tuple[Evidence, Source]], most: int
) -> Brief | None:
    """What is left when the sources that did not help for this query are gone: the best ``most`` of it."""
    key = voting.key_of(own, [word for one in wanted for word in one.words])
    unhelpful = voting.unhelpful(key, [source.key for _evidence, source in picked])
    left = [(evidence, source) for evidence, source in picked if source.key not in unhelpful][:most]
    if not left:
        return None
    known = cards({source.author_id for _evidence, source in left})
    quotes = tuple(
        Quote(source, _author(source, known), _marked(evidence.lines, source, wanted))
        for evidence, source in left
    )
    return Brief(quotes, voting.token_of(own, key, typed, [source.key for _evidence, source in left]))


def _author(source: Source, known: Any) -> MemberCard | None:
    if source.answer_id is None:
        return None
    return known.get(source.author_id, FORMER_MEMBER) if source.author_id else FORMER_MEMBER


def _marked(lines: Iterable[str], source: Source, wanted: Sequence[Wanted]) -> tuple[Markup, ...]:
    stems = stems_of(list(wanted), source.language)
    return tuple(highlighting.marked(line, stems, source.language) for line in lines)


def _weights(wanted: Sequence[Wanted]) -> list[float]:
    """How much each thing asked for says: by its rarest word, all alike while the index rests."""
    try:
        rare = backend().rarities([word for one in wanted for word in one.words])
    except Resting:
        return [1.0] * len(wanted)
    return [max(rare[word] for word in one.words) for one in wanted]


def _evidence(source: Source, wanted: Sequence[Wanted], weights: list[float]) -> Evidence | None:
    shelf = shelf_of(source.language)
    looked_for = [stems_of([one], source.language) for one in wanted]

    def held(text: str) -> Collection[int]:
        stems = {stem_of(word, shelf) for _start, _end, word in placed_words(text)}
        return [place for place, these in enumerate(looked_for) if these & stems]

    return best_passage(source.title, source.text, weights, held)


@lru_cache(maxsize=500)
def _own_words(html: str) -> str:
    """A text without what it quotes of others; of one that was cut, without the line that the cut goes through."""
    text = paragraphs(html, _SAID_BY_OTHERS)
    return text.rpartition("\n")[0] if len(html) >= _TEXT_READ else text


def _answers(question_ids: Sequence[int]) -> list[Source]:
    """Solutions, official and recommended answers of questions, in the order of the questions."""
    if not question_ids:
        return []
    rows = sorted(map(_Answer._make, _ANSWERS.rows(ids=list(question_ids))), key=_place_in(question_ids))
    return [
        Source(
            f"answer:{row.id}", _kind(row), row.question_id, row.slug, row.title, row.language, _own_words(row.html),
            row.author_id, row.helped_count, cast(datetime, moment_of(row.published_at)), row.id,
        )
        for row in rows
    ]  # fmt: skip


class _Answer(NamedTuple):
    """A row of :data:`_ANSWERS`."""

    id: int
    author_id: int | None
    language: str
    published_at: Any
    helped_count: int
    is_official: bool
    accepted_answer_id: int | None
    question_id: int
    slug: str
    title: str
    html: str


def _place_in(question_ids: Sequence[int]) -> Callable[[_Answer], int]:
    return lambda row: question_ids.index(row.question_id)


def _vouched_for() -> Direct:
    answer, thread, question = Post.__table__, aliased(Post.__table__), Question.__table__
    vouched = or_(
        answer.c.id == question.c.accepted_answer_id, answer.c.is_official.is_(True), answer.c.endorsed_at.is_not(None)
    )  # fmt: skip
    query = (
        select(
            answer.c.id, answer.c.author_id, answer.c.language, answer.c.published_at, answer.c.helped_count,
            answer.c.is_official, question.c.accepted_answer_id, question.c.id, question.c.slug, question.c.title,
            func.substr(answer.c.body_html, 1, _TEXT_READ),
        )
        .join(question, question.c.id == answer.c.question_id)
        .join(thread, thread.c.id == question.c.id)
        .where(
            answer.c.question_id.in_([given("ids")]), answer.c.kind == PostKind.ANSWER, vouched,
            answer.c.reply_kind == ReplyKind.ANSWER, visible_to(ANONYMOUS), thread.c.state == PostState.PUBLISHED,
        )
        .order_by(answer.c.helped_count.desc(), answer.c.id)
        .limit(ANSWERS_READ)
    )  # fmt: skip
    return Direct(query, "ids")


_ANSWERS = _vouched_for()


def _kind(row: _Answer) -> SourceKind:
    if row.is_official:
        return SourceKind.OFFICIAL
    return SourceKind.ACCEPTED if row.id == row.accepted_answer_id else SourceKind.RECOMMENDED


def _guides(guide_ids: Sequence[int]) -> list[Source]:
    if not guide_ids:
        return []
    query = select(
        Guide.id, Guide.slug, Guide.title, Guide.language, Guide.summary, Guide.intro_html, Guide.steps,
        Guide.helped_count, Guide.checked_at, Guide.published_at,
    ).where(Guide.id.in_(guide_ids), Guide.state == GuideState.PUBLISHED)  # fmt: skip
    return [
        Source(
            f"guide:{row.id}", SourceKind.GUIDE, row.id, row.slug, row.title, row.language, _guide_text(row), None,
            row.helped_count, row.checked_at or row.published_at,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def _guide_text(row: Any) -> str:
    steps = (f"<p>{escape(step['title'])}</p>{step['html']}" for step in row.steps)
    return _own_words(("".join([row.intro_html, *steps]))[:_TEXT_READ])


def _article(row: ArticleRow) -> Source:
    text = row.text.rpartition("\n")[0] if len(row.text) >= BODY_READ else row.text
    return Source(
        f"article:{row.id}", SourceKind.ARTICLE, row.id, "", row.title, row.language, text, None, 0, row.updated_at,
        None, row.url,
    )  # fmt: skip
