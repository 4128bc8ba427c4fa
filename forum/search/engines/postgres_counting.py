"""In how many questions each stem stands, counted when questions are written: rarity is read, never counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from common.db import db
from common.direct import Direct, given
from forum.search.models import SearchDocument, SearchTerm

EVERY = ""
"""Stands for the questions themselves."""
_AT_ONCE = 5_000


def frequencies(terms: Iterable[str]) -> Counter[str]:
    """In how many questions each of the terms stands; under ``EVERY`` how many there are."""
    return Counter(dict(_FREQUENCIES.rows(terms=[*set(terms), EVERY])))


_FREQUENCIES = Direct(
    select(SearchTerm.term, SearchTerm.questions).where(SearchTerm.term.in_([given("terms")])), "terms"
)


def of_documents(question_ids: list[int]) -> Counter[str]:
    """What these questions add to the counts as they stand in the index."""
    terms = func.unnest(func.tsvector_to_array(SearchDocument.__table__.c.terms)).label("term")
    held = select(terms).where(SearchDocument.question_id.in_(question_ids)).subquery()
    query = select(held.c.term, func.count().label("questions")).group_by(held.c.term)
    found = Counter({row.term: row.questions for row in db.session.execute(query)})
    wanted = (
        select(func.count()).select_from(SearchDocument).where(SearchDocument.question_id.in_(question_ids))
    )
    found[EVERY] = db.session.scalar(wanted) or 0
    return found


def change(by: Counter[str]) -> None:
    """Add to the counts, or take away; always in the order of the terms, so that two writers never wait in a ring."""
    changed = sorted((term, count) for term, count in by.items() if count)
    for start in range(0, len(changed), _AT_ONCE):
        part = [{"term": term, "questions": count} for term, count in changed[start : start + _AT_ONCE]]
        statement = insert(SearchTerm.__table__).values(part)
        now = SearchTerm.__table__.c.questions + statement.excluded.questions
        db.session.execute(statement.on_conflict_do_update(index_elements=["term"], set_={"questions": now}))


def replace(by: Counter[str]) -> None:
    """The counts anew."""
    db.session.execute(delete(SearchTerm))
    change(by)


def forget_unused() -> None:
    """Words that stand in no question any more go, inside the open unit of work."""
    db.session.execute(delete(SearchTerm).where(SearchTerm.questions <= 0))
