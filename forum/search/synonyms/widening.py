"""What was typed, with the words that mean the same. Read once, kept until a group changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from common.db import db
from common.freshness import Shelf, versions
from forum.search.rules import Wanted
from forum.search.synonyms.models import SynonymEntry
from forum.search.synonyms.rules import MOST_WORDS
from forum.search.words import LANGUAGES, is_stop, stem
from forum.search.words import words as words_of

SYNONYMS = "synonyms"
"""The content version of all groups."""

Alternative = tuple[str, ...]
"""The index terms of one entry."""
Lexicon = Mapping[tuple[str, ...], tuple[Alternative, ...]]
"""By the stems of an entry, the other entries of its group."""

_kept = Shelf(1)


def stems_of(text: str, language: str) -> tuple[str, ...]:
    """The stems of an entry's words that tell something, in order."""
    found = (word for _start, _end, word in words_of(text))
    return tuple(
        stem(word, language)
        for word in found
        if not is_stop(word, language) and (len(word) > 1 or word.isdigit())
    )


def key_of(text: str, language: str) -> str:
    """The same as one text: what is unique in a language."""
    return " ".join(stems_of(text, language))


def lexicon() -> dict[str, Lexicon]:
    """All groups by language, as they stand now."""
    return _kept.fetch(versions(SYNONYMS), _read)


def _read() -> dict[str, Lexicon]:
    groups: dict[tuple[str, int], list[tuple[str, ...]]] = defaultdict(list)
    query = select(SynonymEntry.language, SynonymEntry.group_id, SynonymEntry.key)
    for language, group_id, key in db.session.execute(query.order_by(SynonymEntry.id)):
        groups[language, group_id].append(tuple(key.split()))
    found: dict[str, dict[tuple[str, ...], tuple[Alternative, ...]]] = {code: {} for code in LANGUAGES}
    for (language, _group_id), entries in groups.items():
        for entry in entries:
            others = [tuple(f"{language}|{one}" for one in other) for other in entries if other != entry]
            found[language][entry] = tuple(others)
    return dict(found)


def widen(words: Sequence[str], known: Mapping[str, Lexicon] | None = None) -> list[Wanted]:
    """What is wanted: the words in their order, the longest phrases that have synonyms kept together."""
    known = lexicon() if known is None else known
    if not any(known.values()):
        return [Wanted((word,)) for word in words]
    found: list[Wanted] = []
    at = 0
    while at < len(words):
        count, others = _longest(words[at : at + MOST_WORDS], known)
        found.append(Wanted(tuple(words[at : at + count]), others))
        at += count
    return found


def _longest(words: Sequence[str], known: Mapping[str, Lexicon]) -> tuple[int, tuple[Alternative, ...]]:
    for count in range(len(words), 0, -1):
        others = [
            other
            for language, groups in known.items()
            for other in groups.get(tuple(stem(word, language) for word in words[:count]), ())
        ]
        if others:
            return count, tuple(dict.fromkeys(others))
    return 1, ()


def stems_wanted(wanted: Sequence[Wanted], language: str) -> frozenset[str]:
    """The stems of a language that synonyms add: to be marked in titles and texts."""
    mark = f"{language}|"
    terms = (term for one in wanted for other in one.others for term in other)
    return frozenset(term.removeprefix(mark) for term in terms if term.startswith(mark))
