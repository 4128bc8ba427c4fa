"""The words and pairs of words of a text, as the search knows words: folded and stemmed. Pure."""

from __future__ import annotations

import re

from forum.search.words import is_stop, stem, words

SHORTEST = 3
_CLAUSE_ENDS = re.compile(r"[.!?;:\n()«»\"]")


def terms(text: str, language: str, left_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """The words and pairs of a text by their stems, each as it is written there. A pair may have one word between that says
    nothing ("machine à laver"), and never crosses the end of a clause.
    Numbers and what hangs on one ("128.1.0esr") are no words."""
    found: dict[str, str] = {}
    last: tuple[str, int, int] | None = None
    gap = 0
    for start, end, word in words(text):
        number = word.isdigit() or (word[0].isdigit() and text[start - 1 : start] == ".")
        if word in left_out or number:
            last = None
            continue
        if is_stop(word, language) or len(word) < SHORTEST:
            gap += 1
            continue
        one = stem(word, language)
        found.setdefault(one, text[start:end].lower())
        if last is not None and gap <= 1 and not _CLAUSE_ENDS.search(text, last[2], start) and last[0] != one:
            found.setdefault(f"{last[0]} {one}", " ".join(text[last[1] : end].lower().split()))
        last, gap = (one, start, end), 0
    return found


def names_left_out(*texts: str) -> frozenset[str]:
    """The folded words of names that say nothing about what is talked of: the brand, the community."""
    return frozenset(word for text in texts for _start, _end, word in words(text))
