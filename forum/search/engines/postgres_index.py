"""The index in PostgreSQL: the same terms as vectors of its full text search, shared by all servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    REAL,
    Select,
    String,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.exc import SQLAlchemyError

from common.db import db
from common.i18n import day_begins
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question, QuestionTag, Tag
from forum.questions.rules import PostState
from forum.search.models import SearchDocument, SearchWord
from forum.search.rules import (
    FEW,
    LAST_PAGE,
    PAGE_SIZE,
    SOLVED_WEIGHT,
    Document,
    Filters,
    IndexStatus,
    Match,
    Matches,
    Resting,
    SearchState,
    Wanted,
)
from forum.search.words import variants

_WEIGHTS = "{0.1, 0.1, 0.33, 1.0}"
"""Of the classes D, C, B, A: text stands in B, titles in A (``TITLE_WEIGHT`` times as much)."""
_LAST_POSITION = 16_000
_WEIGHED = LAST_PAGE * PAGE_SIZE
"""Documents that are weighed whole: as many as all pages show."""


class PostgresIndex:
    """The index; keeps nothing in the process."""

    make = "PostgreSQL"

    # -- reading ------------------------------------------------------------------------------------------------

    def search(self, wanted: Sequence[Wanted], filters: Filters, offset: int, limit: int) -> Matches:
        """Questions with all that is wanted, best first; when there are hardly any, also those with some of it."""
        groups = [group for one in wanted if (group := _group(one, filters.language))]
        if not groups:
            return Matches((), 0)
        found = self._top(groups, " & ", filters, offset, limit)
        if found.total < FEW and len(groups) > 1:
            found = self._top(groups, " | ", filters, offset, limit)
        return found

    def similar(
        self, title_words: list[str], text_words: list[str], filters: Filters, limit: int, without: int
    ) -> Matches:
        """Questions that share the rarest of these words, best first."""
        counted = [(self.frequency(word), word) for word in dict.fromkeys([*title_words, *text_words[:12]])]
        titles = set(title_words)
        rare = sorted((count / (3 if word in titles else 1), word) for count, word in counted if count)[:12]
        groups = _groups([word for _rank, word in rare], filters.language)
        if not groups:
            return Matches((), 0)
        found = self._top(groups, " | ", filters, 0, limit + 1)
        items = tuple(match for match in found.items if match.question_id != without)[:limit]
        return Matches(items, len(items))

    def known_words(self, initial: str) -> list[tuple[str, int]]:
        """Words of titles that begin with a letter, and in how many questions each stands."""
        query = select(SearchWord.word, func.count()).where(
            SearchWord.word.startswith(initial, autoescape=True)
        )
        return [(word, count) for word, count in db.session.execute(query.group_by(SearchWord.word))]

    def frequency(self, word: str) -> int:
        """In how many questions a query's word stands, in any of its forms."""
        groups = _groups([word], None)
        if not groups:
            return 0
        query = select(func.count()).select_from(SearchDocument).where(_terms().op("@@")(_tsquery(groups[0])))
        return db.session.scalar(query) or 0

    def status(self) -> IndexStatus:
        """How many questions the index holds."""
        try:
            documents = db.session.scalar(select(func.count()).select_from(SearchDocument)) or 0
        except SQLAlchemyError as error:
            db.session.rollback()
            return IndexStatus(False, 0, f"the index cannot be read ({type(error).__name__})", self.make)
        return IndexStatus(True, documents, f"{documents} questions", self.make)

    def _top(self, groups: list[str], joined: str, filters: Filters, offset: int, limit: int) -> Matches:
        try:
            with _by_index():
                rows = db.session.execute(_best(groups, joined, filters, offset, limit)).all()
        except SQLAlchemyError as error:
            db.session.rollback()
            raise Resting(f"the index cannot be read ({type(error).__name__})") from error
        return Matches(tuple(Match(row.id, float(row.score)) for row in rows), rows[0].total if rows else 0)

    # -- writing ------------------------------------------------------------------------------------------------

    def put(self, question_ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Replace what the index knows of these questions by these documents (fewer when some are gone)."""
        ids = list(question_ids)
        with unit_of_work():
            db.session.execute(delete(SearchWord).where(SearchWord.question_id.in_(ids)))
            db.session.execute(delete(SearchDocument).where(SearchDocument.question_id.in_(ids)))
            _add(list(documents))

    def rebuild(self, batches: Iterable[list[Document]]) -> int:
        """Make the index anew, batch by batch; what is gone leaves at the end."""
        kept: set[int] = set()
        for batch in batches:
            ids = [document.question_id for document in batch]
            self.put(ids, batch)
            kept.update(ids)
        with unit_of_work():
            held = set(db.session.scalars(select(SearchDocument.question_id)))
            for gone in sorted(held - kept):
                db.session.execute(delete(SearchWord).where(SearchWord.question_id == gone))
                db.session.execute(delete(SearchDocument).where(SearchDocument.question_id == gone))
        return len(kept)


@contextmanager
def _by_index() -> Iterator[None]:
    """The planner believes that reading all documents is cheap; it forgets that their vectors are stored apart."""
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    db.session.execute(text("SET LOCAL enable_seqscan = on"))


def _best(groups: list[str], joined: str, filters: Filters, offset: int, limit: int) -> Select[Any]:
    """A page of the best. Of many documents found, those are weighed whole whose titles say most, the newest among
    equals: reading a long vector takes as long as looking at twenty titles."""
    question, post, document = Question.__table__, Post.__table__, SearchDocument.__table__
    query = _tsquery(joined.join(groups))
    said = func.ts_rank(document.c.title, _tsquery(" | ".join(groups))).label("said")
    wanted = select(document.c.question_id, said).where(document.c.terms.op("@@")(query))
    if filters.active:
        wanted = (
            wanted.join(question, question.c.id == document.c.question_id)
            .join(post, post.c.id == document.c.question_id)
            .where(post.c.state == PostState.PUBLISHED, *_criteria(filters))
        )
    found = wanted.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    some = (
        select(found.c.question_id)
        .order_by(found.c.said.desc(), found.c.question_id.desc())
        .limit(_WEIGHED)
        .cte("some")
    )
    rank = func.ts_rank(cast(literal(_WEIGHTS, String), ARRAY(REAL)), document.c.terms, query, 1)
    solved = question.c.help_state == SearchState.SOLVED.value
    score = (rank * case((solved, SOLVED_WEIGHT), else_=1.0)).label("score")
    total = select(func.count()).select_from(found).scalar_subquery().label("total")
    return (
        select(question.c.id, score, total)
        .select_from(some)
        .join(document, document.c.question_id == some.c.question_id)
        .join(question, question.c.id == some.c.question_id)
        .join(post, post.c.id == some.c.question_id)
        .where(post.c.state == PostState.PUBLISHED)
        .order_by(text("score DESC"), question.c.id.desc())
        .offset(offset)
        .limit(limit)
    )


def _add(documents: list[Document]) -> None:
    if not documents:
        return
    vector = cast(bindparam("vector", type_=String), TSVECTOR)
    statement = insert(SearchDocument.__table__).values(
        question_id=bindparam("id"),
        terms=vector,
        title=cast(bindparam("title", type_=String), TSVECTOR),
        author_ids=bindparam("authors", type_=String),
    )
    rows = [
        {
            "id": document.question_id,
            "vector": _vector(document.title_terms, document.text_terms),
            "title": _vector(document.title_terms, ()),
            "authors": "".join(f",{author}," for author in document.author_ids),
        }
        for document in documents
    ]
    db.session.execute(statement, rows)
    spelled = [
        {"question_id": document.question_id, "word": word}
        for document in documents
        for word in sorted(document.words)
    ]
    if spelled:
        db.session.execute(insert(SearchWord), spelled)


def _vector(title_terms: Sequence[str], text_terms: Sequence[str]) -> str:
    """The terms as PostgreSQL writes a vector: quoted words with positions and classes."""
    places: dict[str, list[str]] = {}
    for position, term in enumerate(title_terms, 1):
        places.setdefault(term, []).append(f"{position}A")
    for position, term in enumerate(text_terms, len(title_terms) + 1):
        if len(places.setdefault(term, [])) < 200:
            places[term].append(f"{min(position, _LAST_POSITION)}B")
    return " ".join(f"{_quoted(term)}:{','.join(marks)}" for term, marks in places.items())


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _groups(words: list[str], language: str | None) -> list[str]:
    return [
        "(" + " | ".join(_quoted(term) for term in found) + ")"
        for word in words
        if (found := variants(word, language))
    ]


def _group(wanted: Wanted, language: str | None) -> str:
    """Something wanted as PostgreSQL asks for it; empty for words that mean nothing anywhere."""
    typed = " & ".join(_groups(list(wanted.words), language))
    others = [" & ".join(map(_quoted, terms)) for terms in wanted.others]
    alternatives = [f"({one})" for one in (typed, *others) if one]
    return f"({' | '.join(alternatives)})" if alternatives else ""


def _tsquery(written: str) -> Any:
    return cast(literal(written, String), TSQUERY)


def _terms() -> Any:
    return SearchDocument.__table__.c.terms


def _criteria(filters: Filters) -> list[Any]:
    question, post = Question.__table__, Post.__table__
    found: list[Any] = []
    if filters.state:
        found.append(question.c.help_state == filters.state.value)
    if filters.category_id is not None:
        found.append(question.c.category_id == filters.category_id)
    if filters.tag:
        tagged = (
            select(QuestionTag.question_id)
            .join(Tag, Tag.id == QuestionTag.tag_id)
            .where(Tag.key == filters.tag)
        )
        found.append(question.c.id.in_(tagged))
    if filters.author_id is not None:
        found.append(SearchDocument.author_ids.contains(f",{filters.author_id},"))
    if filters.language:
        found.append(post.c.language == filters.language)
    if filters.product_id is not None:
        found.append(question.c.product_id == filters.product_id)
    if filters.accepted:
        found.append(question.c.accepted_answer_id.is_not(None))
    if filters.since:
        found.append(post.c.published_at >= day_begins(filters.since))
    if filters.until:
        found.append(post.c.published_at < day_begins(filters.until + timedelta(days=1)))
    return found
