"""Terms as PostgreSQL writes them: vectors, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable

from forum.search.rules import Wanted
from forum.search.words import variants


def vector_of(terms: Iterable[str]) -> str:
    """Terms as PostgreSQL writes a vector: _quoted words."""
    return " ".join(map(_quoted, terms))


def _quoted(term: str) -> str:
    """A term in quotation marks."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _groups(words: list[str], language: str | None) -> list[str]:
    return [
        "(" + " | ".join(_quoted(term) for term in found) + ")"
        for word in words
        if (found := variants(word, language))
    ]


def group_of(wanted: Wanted, language: str | None) -> str:
    """Something wanted as PostgreSQL asks for it; empty for words that mean nothing anywhere."""
    typed = " & ".join(_groups(list(wanted.words), language))
    others = [" & ".join(map(_quoted, terms)) for terms in wanted.others]
    alternatives = [f"({one})" for one in (typed, *others) if one]
    return f"({' | '.join(alternatives)})" if alternatives else ""
