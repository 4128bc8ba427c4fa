"""The telling words of a question among those asked before it, and how common each word is (domain/escalation.md §C4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from common.db import db, insert_many
from common.text import plain_from_html
from forum.search.words import terms
from moderation.outbreaks import rules
from moderation.outbreaks.models import OutbreakTerm

ALL = 0
"""The word that stands in every question: how many there are."""
TEXT_READ = 4_000
MOST_WORDS = 120
"""Different words of a question that are looked up."""


def of_question(asked: Any) -> dict[int, float]:
    """The telling words of a question among those before it; its words are counted for those after it."""
    marks = [f"#c{asked.category_id}", *([f"#p{asked.product_id}"] if asked.product_id else [])]
    text = plain_from_html(asked.body_html[:TEXT_READ])
    times = rules.weighed(terms(asked.title, asked.language), terms(text, asked.language), marks)
    kept = dict(times.most_common(MOST_WORDS))
    seen = _seen(kept)
    insert_many(
        OutbreakTerm, [{"term": word, "questions": 0} for word in kept if word not in seen], once=True
    )
    counted = update(OutbreakTerm).where(OutbreakTerm.term.in_([ALL, *kept]))
    counted = counted.values(questions=OutbreakTerm.questions + 1)
    db.session.execute(counted.execution_options(synchronize_session=False))
    return rules.fingerprint(kept, seen, seen.get(ALL, 0))


def vector_of_words(words: str, language: str) -> dict[int, float]:
    """The telling words of what somebody is typing: the first line is the title. Nothing is counted."""
    title, _line, text = words[:TEXT_READ].partition("\n")
    kept = dict(rules.weighed(terms(title, language), terms(text, language), ()).most_common(MOST_WORDS))
    seen = _seen(kept)
    return rules.fingerprint(kept, seen, seen.get(ALL, 0))


def _seen(words: Iterable[int]) -> dict[int, int]:
    query = select(OutbreakTerm.term, OutbreakTerm.questions).where(OutbreakTerm.term.in_([ALL, *words]))
    return {row.term: row.questions for row in db.session.execute(query)}
