"""From text to index terms, the same way for both makes of the index and for highlighting.

Case and accents go first, then the word is stemmed by the rules of its language, so ``cafetière``, ``Cafetieres``
and ``CAFETIÈRE`` are one term. A term carries its language: ``fr|cafetier``. Pure.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library predates raw strings
    from whoosh.lang.snowball.english import EnglishStemmer
    from whoosh.lang.snowball.french import FrenchStemmer

from common.text import fold

LANGUAGES = ("fr", "en")
"""Languages with stems; text in any other is indexed word by word under ``xx``."""
OTHER = "xx"
LONGEST_WORD = 40
MOST_QUERY_WORDS = 24

_WORD = re.compile(r"[^\W_]+")
_STEMMERS = {"fr": FrenchStemmer(), "en": EnglishStemmer()}


def _set(written: str) -> frozenset[str]:
    return frozenset(written.split())


_ELIDED = _set("l d j m t s c n qu jusqu lorsqu puisqu quoiqu")
_STOPS = {
    "fr": _set(
        "a ai alors as au aussi aux avec avez avoir bon car ce cela ces cet cette ceux chaque ci comme comment dans de "
        "des depuis donc dont du elle elles en encore est et etait ete etes etre eu fait faire fois font hors ici il "
        "ils je la le les leur leurs lui ma mais me meme mes moi mon ne nos notre nous on ou par pas peu peut plus "
        "pour pourquoi quand que quel quelle quelles quels qui sa sans se ses si son sont sous suis sur ta te tes toi "
        "ton tous tout toute toutes tres tu un une vos votre vous y bonjour merci l d j m t s c n qu"
    ),
    "en": _set(
        "a about after all also am an and any are as at be been but by can could did do does for from get got had has "
        "have he her here him his how i if in into is it its just me my no not of on or our out over please she so "
        "some such than that the their them then there these they this those to too up us was we were what when where "
        "which who why will with would you your hello hi thanks s t re ve ll d m"
    ),
}


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, folded word) of every word of a text. Elided articles (``l’``) are words of their own."""
    for found in _WORD.finditer(text):
        word = fold(found[0])
        if word:
            yield found.start(), found.end(), word[:LONGEST_WORD]


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word. French plurals lose their mark first: the stemmer takes ``-ions`` for a verb.
    So does the ``-ée`` of participles, which the stemmer knows by the accent that is gone."""
    if language == "fr":
        plural = word.endswith("s") and not word.endswith("ss") and len(word) > 3
        if plural or (len(word) > 4 and word.endswith(("eaux", "eux", "oux"))):
            word = word[:-1]
        if word.endswith("ee") and len(word) > 4:
            word = word[:-1]
    elif language not in _STEMMERS:
        return word
    if not word.isascii() or any(char.isdigit() for char in word):
        return word
    return _STEMMERS[language].stem(word) or word


def is_stop(word: str, language: str) -> bool:
    """Whether a folded word says nothing about what a text is about."""
    return word in _STOPS.get(language, ())


def shelf_of(language: str | None) -> str:
    """The language under which a text is indexed: ``fr``, ``en`` or ``xx``."""
    return language if language in LANGUAGES else OTHER


def terms(text: str, language: str | None) -> list[str]:
    """The index terms of a text, in order, stop words left out."""
    shelf = shelf_of(language)
    return [term for word in written_words(text) if (term := _term(word, shelf))]


@lru_cache(maxsize=200_000)
def _term(word: str, shelf: str) -> str:
    """The term of a folded word; empty for a word that says nothing."""
    if is_stop(word, shelf) or (len(word) == 1 and not word.isdigit()):
        return ""
    return f"{shelf}|{stem(word, shelf)}"


@lru_cache(maxsize=200_000)
def stem_of(written: str, shelf: str) -> str:
    """The stem of a word as it stands in a text."""
    return stem(fold(written)[:LONGEST_WORD], shelf)


def placed_words(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, word as written) of every word of a text."""
    return ((found.start(), found.end(), found[0]) for found in _WORD.finditer(text))


def written_words(text: str) -> Iterator[str]:
    """The folded words of a text, in order, nothing left out."""
    return (word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))


def query_words(typed: str) -> list[str]:
    """The folded words of a query that matter, each once, at most ``MOST_QUERY_WORDS``."""
    found = list(
        dict.fromkeys(word for _start, _end, word in words(typed) if len(word) > 1 or word.isdigit())
    )
    telling = [word for word in found if not any(is_stop(word, language) for language in LANGUAGES)]
    return (telling or [word for word in found if word not in _ELIDED])[:MOST_QUERY_WORDS]


@lru_cache(maxsize=100_000)
def variants(word: str, language: str | None = None) -> tuple[str, ...]:
    """The terms under which a query's word may stand in the index: one per language, or one when it is chosen."""
    shelves = (shelf_of(language),) if language else (*LANGUAGES, OTHER)
    return tuple(
        dict.fromkeys(f"{shelf}|{stem(word, shelf)}" for shelf in shelves if not is_stop(word, shelf))
    )
