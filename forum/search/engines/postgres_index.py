"""The index in PostgreSQL: the same terms as vectors of its full text search, shared by all servers."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    CTE,
    REAL,
    Numeric,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSQUERY, TSVECTOR
from sqlalchemy.exc import SQLAlchemyError

from common.db import db
from common.direct import Direct, given
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from forum.search.engines.postgres_counting import (
    EVERY,
    change,
    forget_unused,
    frequencies,
    of_documents,
    replace,
)
from forum.search.engines.postgres_filters import criteria, on_documents, on_posts, on_questions
from forum.search.engines.postgres_terms import group_of, vector_of
from forum.search.engines.weighing import IN_SEARCH, NEAR, NEAR_DAYS, Asked, rarity, telling, weights, worth
from forum.search.models import SearchDocument, SearchWord
from forum.search.rules import (
    FEW,
    LAST_PAGE,
    PAGE_SIZE,
    SYNONYM_WEIGHT,
    Document,
    Filters,
    IndexStatus,
    Match,
    Matches,
    Resting,
    Wanted,
)
from forum.search.words import variants

_WEIGHED = LAST_PAGE * PAGE_SIZE
"""Documents that are weighed whole: as many as all pages show."""
_LIKE_ENTRIES = 8000
"""Similar questions are sought among those that hold the most telling words, so many entries of the index."""
_TITLE_SAYS = 1.6
"""Before they are weighed whole, a word of the title counts as much more than one of the text."""
_LIKE_WEIGHED = 200
"""Similar ones that are weighed whole."""


Factors = list[tuple[str, float]]
"""Terms, each with what it counts."""


class PostgresIndex:
    """The index; keeps nothing in the process."""

    make = "PostgreSQL"

    def compact(self) -> None:
        """Forget words that stand in no question any more; the database takes away what was replaced."""
        with unit_of_work():
            forget_unused()

    # -- reading ------------------------------------------------------------------------------------------------

    def search(self, wanted: Sequence[Wanted], filters: Filters, offset: int, limit: int) -> Matches:
        """Questions with all that is wanted, best first; when there are hardly any, also those with some of it."""
        groups = [group for one in wanted if (group := group_of(one, filters.language))]
        if not groups:
            return Matches((), 0)
        factors = _factors(wanted, filters.language)
        found = self._top(groups, " & ", factors, filters, offset, limit)
        if found.total < FEW and len(groups) > 1:
            found = self._top(groups, " | ", factors, filters, offset, limit)
        return found

    def similar(self, asked: Asked, filters: Filters, limit: int, without: int) -> Matches:
        """Questions that share the most telling of these words, best first."""
        try:
            counts = frequencies(term for forms in asked.words for term in forms)
            terms = telling(asked.words, counts.__getitem__, counts[EVERY], asked.entries)
            if not terms:
                return Matches((), 0)
            entries = list(accumulate(counts[term] for term, _factor in terms))
            chosen = max(bisect(entries, _LIKE_ENTRIES), 1)
            with _by_index():
                rows = db.session.execute(_alike(terms, chosen, asked.day, filters, limit + 1)).all()
        except SQLAlchemyError as error:
            db.session.rollback()
            raise Resting(f"the index cannot be read ({type(error).__name__})") from error
        items = tuple(Match(row.id, float(row.score)) for row in rows if row.id != without)[:limit]
        return Matches(items, len(items))

    def known_words(self, initial: str) -> list[tuple[str, int]]:
        """Words of titles that begin with a letter, and in how many questions each stands."""
        query = select(SearchWord.word, func.count()).where(
            SearchWord.word.startswith(initial, autoescape=True)
        )
        return [(word, count) for word, count in db.session.execute(query.group_by(SearchWord.word))]

    def frequency(self, word: str) -> int:
        """In how many questions a query's word stands, in any of its forms."""
        terms = variants(word)
        counts = frequencies(terms)
        return sum(counts[term] for term in terms)

    def rarities(self, words: Sequence[str]) -> dict[str, float]:
        """How much each word of a query says."""
        forms = {word: variants(word) for word in words}
        counts = frequencies(term for terms in forms.values() for term in terms)
        return {
            word: rarity(sum(counts[term] for term in terms), counts[EVERY]) for word, terms in forms.items()
        }

    def status(self) -> IndexStatus:
        """How many questions the index holds."""
        try:
            documents = db.session.scalar(select(func.count()).select_from(SearchDocument)) or 0
        except SQLAlchemyError as error:
            db.session.rollback()
            return IndexStatus(False, 0, f"the index cannot be read ({type(error).__name__})", self.make)
        return IndexStatus(True, documents, f"{documents} questions", self.make)

    def _top(
        self, groups: list[str], joined: str, factors: Factors, filters: Filters, offset: int, limit: int
    ) -> Matches:
        try:
            rows = _found(joined.join(groups), " | ".join(groups), factors, filters, offset, limit)
        except SQLAlchemyError as error:
            db.session.rollback()
            raise Resting(f"the index cannot be read ({type(error).__name__})") from error
        matches = tuple(Match(question_id, float(score)) for question_id, score, _total in rows)
        return Matches(matches, rows[0][2] if rows else 0)

    # -- writing ------------------------------------------------------------------------------------------------

    def put(self, question_ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Replace what the index knows of these questions by these documents (fewer when some are gone)."""
        ids, fresh = list(question_ids), list(documents)
        with unit_of_work():
            difference = of_documents(ids)
            _replace(ids, fresh)
            added = of_documents(ids)
            added.subtract(difference)
            change(added)

    def rebuild(self, batches: Iterable[list[Document]]) -> int:
        """Make the index anew, batch by batch; what is gone leaves at the end."""
        kept: set[int] = set()
        counts: Counter[str] = Counter()
        for batch in batches:
            ids = [document.question_id for document in batch]
            with unit_of_work():
                _replace(ids, batch)
            for document in batch:
                counts.update(weights(document).keys())
            kept.update(ids)
        counts[EVERY] = len(kept)
        with unit_of_work():
            held = set(db.session.scalars(select(SearchDocument.question_id)))
            for gone in sorted(held - kept):
                db.session.execute(delete(SearchWord).where(SearchWord.question_id == gone))
                db.session.execute(delete(SearchDocument).where(SearchDocument.question_id == gone))
            replace(counts)
        return len(kept)


@contextmanager
def _by_index() -> Iterator[None]:
    """The planner believes that reading all documents is cheap; it forgets that their vectors are stored apart."""
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    db.session.execute(text("SET LOCAL enable_seqscan = on"))


def _alike(factors: Factors, chosen: int, day: int, filters: Filters, limit: int) -> Select[Any]:
    """The best of the questions with any of the terms. Chosen by which of the first ``chosen`` terms stand in them,
    then weighed whole; the filters come last, since terms carry their language already."""
    document = SearchDocument.__table__
    asked = _pairs(factors)
    one = cast(func.quote_literal(asked.c.term), TSQUERY)
    in_title = case((document.c.title.op("@@")(one), _TITLE_SAYS), else_=1.0)
    found = (
        select(
            document.c.question_id,
            func.sum(asked.c.factor * in_title).label("said"),
            func.max(document.c.worth).label("worth"),
            func.max(document.c.day).label("day"),
        )
        .join(asked, document.c.terms.op("@@")(one))
        .where(asked.c.place <= chosen)
        .group_by(document.c.question_id)
        .cte("found")
    )

    def worth(of: Any) -> Any:
        return of.c.worth * (1 + NEAR * func.exp(-func.abs(of.c.day - day) / NEAR_DAYS))

    some = (
        select(found.c.question_id)
        .order_by((found.c.said * worth(found)).desc(), found.c.question_id.desc())
        .limit(_LIKE_WEIGHED)
        .cte("some")
    )
    return _weighed(some, asked, worth(document), limit).where(*criteria(filters))


def _found(
    query: str, any_of: str, factors: Factors, filters: Filters, offset: int, limit: int
) -> Sequence[Sequence[Any]]:
    """Question, score and how many there are in all. Without filters the statement is always the same: prepared."""
    terms, numbers = [term for term, _factor in factors], [factor for _term, factor in factors]
    if filters == Filters():
        return _UNFILTERED.rows(
            query=query, any_of=any_of, terms=terms, factors=numbers, offset=offset, limit=limit
        )
    said = literal(query, String), literal(any_of, String), _pairs(factors)
    with _by_index():
        return db.session.execute(_best(*said, filters, offset, limit)).all()


def _best(query: Any, any_of: Any, asked: CTE, filters: Filters, offset: Any, limit: Any) -> Select[Any]:
    """A page of the best. Of many documents found, those are weighed whole whose titles say most, the newest among
    equals: reading a long vector takes as long as looking at twenty titles."""
    document = SearchDocument.__table__
    said = func.ts_rank(document.c.title, cast(any_of, TSQUERY)) + 0.01
    holding = (
        select(document.c.question_id, (said * document.c.worth).label("said"))
        .where(document.c.terms.op("@@")(cast(query, TSQUERY)), *on_documents(filters))
        .cte("holding")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    found = _narrowed(holding, filters)
    some = (
        select(found.c.question_id)
        .order_by(found.c.said.desc(), found.c.question_id.desc())
        .limit(_WEIGHED)
        .cte("some")
    )
    total = select(func.count()).select_from(found).scalar_subquery().label("total")
    return (
        _weighed(some, asked, func.power(document.c.worth, IN_SEARCH), limit)
        .add_columns(total)
        .offset(offset)
    )


def _weighed(some: CTE, asked: CTE, worth: Any, limit: Any) -> Select[Any]:
    """The best of some documents by what the terms asked for say in them; among equals the newest first."""
    question, post, document = Question.__table__, Post.__table__, SearchDocument.__table__
    # Adding nothing unpacks what is stored packed: once for all terms, where each look-up would unpack it again.
    unpacked = document.c.says.op("||")(cast(literal("{}"), JSONB)).label("says")
    held = select(unpacked).correlate(document).offset(0).subquery("held")
    told = cast(held.c.says.op("->>")(asked.c.term), REAL)
    said = select(func.sum(asked.c.factor * told)).select_from(asked.join(held, true())).scalar_subquery()
    score = func.round(cast(said * worth, Numeric), 3)
    return (
        select(document.c.question_id.label("id"), score.label("score"))
        .select_from(some)
        .join(document, document.c.question_id == some.c.question_id)
        .join(question, question.c.id == some.c.question_id)
        .join(post, post.c.id == some.c.question_id)
        .where(post.c.state == PostState.PUBLISHED)
        .order_by(text("score DESC"), document.c.question_id.desc())
        .limit(limit)
    )


def _narrowed(holding: CTE, filters: Filters) -> CTE:
    """Those of the documents found that pass the filters. The words come first: beside a filter the planner would read
    the vector of every document."""
    by_question, by_post = on_questions(filters), on_posts(filters)
    if not by_question and not by_post:
        return holding
    question, post = Question.__table__, Post.__table__
    found = select(holding.c.question_id, holding.c.said)
    if by_question:
        found = found.join(question, question.c.id == holding.c.question_id).where(*by_question)
    if by_post:
        found = found.join(post, post.c.id == holding.c.question_id).where(*by_post)
    return found.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")


def _pairs(factors: Factors) -> CTE:
    """The terms asked for with their factors, as rows."""
    return _paired(
        literal([term for term, _factor in factors], ARRAY(Text)),
        literal([factor for _term, factor in factors], ARRAY(REAL)),
    )


def _paired(terms: Any, numbers: Any) -> CTE:
    rows = (
        func.unnest(cast(terms, ARRAY(Text)), cast(numbers, ARRAY(REAL)))
        .table_valued("term", "factor", with_ordinality="place", name="pair")
        .render_derived()
    )
    return (
        select(rows.c.term, rows.c.factor, rows.c.place)
        .cte("asked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


_UNFILTERED = Direct(
    _best(
        given("query"),
        given("any_of"),
        _paired(given("terms"), given("factors")),
        Filters(),
        given("offset"),
        given("limit"),
    )
)


def _factors(wanted: Sequence[Wanted], language: str | None) -> Factors:
    """What each form of the words counts, and each word of a synonym."""
    forms = [found for one in wanted for word in one.words if (found := variants(word, language))]
    others = [terms for one in wanted for terms in one.others]
    counts = frequencies(term for terms in (*forms, *others) for term in terms)
    every = counts[EVERY]
    factors = {
        term: SYNONYM_WEIGHT / len(terms) * rarity(counts[term], every) for terms in others for term in terms
    }
    factors.update(
        (term, rarity(sum(counts[one] for one in terms), every)) for terms in forms for term in terms
    )
    return list(factors.items())


def _replace(ids: list[int], documents: list[Document]) -> None:
    db.session.execute(delete(SearchWord).where(SearchWord.question_id.in_(ids)))
    db.session.execute(delete(SearchDocument).where(SearchDocument.question_id.in_(ids)))
    _add(documents)


def _add(documents: list[Document]) -> None:
    if not documents:
        return
    vector = cast(bindparam("vector", type_=String), TSVECTOR)
    statement = insert(SearchDocument.__table__).values(
        question_id=bindparam("id"),
        terms=vector,
        says=bindparam("says", type_=JSONB),
        title=cast(bindparam("title", type_=String), TSVECTOR),
        worth=bindparam("worth"),
        day=bindparam("day"),
        author_ids=bindparam("authors", type_=String),
    )
    rows = [
        {
            "id": document.question_id,
            "vector": vector_of(said),
            "says": said,
            "title": vector_of(document.title_terms),
            "worth": worth(document),
            "day": document.day.toordinal(),
            "authors": "".join(f",{author}," for author in document.author_ids),
        }
        for document in documents
        for said in [weights(document)]
    ]
    db.session.execute(statement, rows)
    spelled = [
        {"question_id": document.question_id, "word": word}
        for document in documents
        for word in sorted(document.words)
    ]
    if spelled:
        db.session.execute(insert(SearchWord), spelled)
