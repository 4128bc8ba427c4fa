"""A lexicon: lists of words by language, made ready to be looked for in a text, and what may stand in one. Pure.

Source: domain/escalation.md §C2.1. A word that is denied within the three words before it ("no smoke", « pas de fumée »)
does not count. A word of contrast between them ("no noise but smoke") ends the denial, and so does a comma or an "and", but in
a list of denied things: "it does not start, smoke comes out" is smoke, "no smoke, no flames and sparks" is none of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import filterfalse
from typing import Any

from moderation.lexicon.builtin_rules import BUILT_IN, BUILT_IN_NUMBER

LANGUAGES = ("fr", "en")
NEGATION_WINDOW = 3
WORDS_MOST = 5
PHRASE_MOST = 60
LIST_MOST = 500

NEGATIONS = frozenset(
    "no not non never without cannot cant dont doesnt didnt isnt wasnt wont nothing neither nor "
    "pas sans aucun aucune jamais ni ne n rien".split()
)
_WORD = re.compile(r"[a-z0-9]+|[.,!?;:\n]")
_STOP = frozenset(".!?;:\n") | {"but", "mais", "however", "pourtant", "cependant"}
_JOINS = frozenset({",", "and", "et"})


class WordList(StrEnum):
    """What a list of words says about a question; ``harmless`` takes words of danger back ("Fire TV")."""

    DANGER = "danger"
    HARMLESS = "harmless"
    LAW = "law"
    MONEY = "money"
    URGENCY = "urgency"
    TONE = "tone"


Phrase = tuple[str, ...]
Words = Mapping[str, Mapping[str, Sequence[str]]]
"""Phrases by list and language, as they are kept and shown."""


@dataclass(frozen=True)
class Lexicon:
    """One version, ready to be looked for. Both languages count in every text: people mix them."""

    number: int
    phrases: Mapping[WordList, tuple[Phrase, ...]]

    def found(self, tokens: list[str], wanted: WordList) -> tuple[str, ...]:
        """The phrases of a list that stand in a text, each once, denied and harmless ones left out."""
        shield = self.phrases[WordList.HARMLESS] if wanted is WordList.DANGER else ()
        return found(tokens, self.phrases[wanted], shield)


def lexicon(number: int, words: Words) -> Lexicon:
    """A version from its lists."""
    both = {one: [phrase for code in LANGUAGES for phrase in words[one][code]] for one in WordList}
    return Lexicon(number, {one: phrases_of(texts) for one, texts in both.items()})


def as_kept(typed: Mapping[tuple[str, str], str]) -> dict[str, dict[str, list[str]]]:
    """Lists as somebody typed them, one phrase a line, each once, in order."""
    return {
        one.value: {code: sorted(set(_lines(typed.get((one.value, code), "")))) for code in LANGUAGES}
        for one in WordList
    }


def faults(words: Words) -> dict[tuple[str, str], tuple[str, str]]:
    """What cannot stand, by list and language: the kind of fault and the phrase."""
    wrong: dict[tuple[str, str], tuple[str, str]] = {}
    for one in WordList:
        for code in LANGUAGES:
            phrases = words[one.value][code]
            bad = next((phrase for phrase in phrases if not is_phrase(phrase)), None)
            if bad is not None:
                wrong[one.value, code] = ("phrase", bad)
            elif len(phrases) > LIST_MOST:
                wrong[one.value, code] = ("many", "")
            elif one is WordList.DANGER and not phrases:
                wrong[one.value, code] = ("empty", "")
    return wrong


def differences(before: Words, after: Words) -> list[tuple[str, str, list[str], list[str]]]:
    """What changed, as (list, language, added, taken out)."""
    changed = []
    for one in WordList:
        for code in LANGUAGES:
            old, new = set(before[one.value][code]), set(after[one.value][code])
            if old != new:
                changed.append((one.value, code, sorted(new - old), sorted(old - new)))
    return changed


def _lines(text: str) -> Iterator[str]:
    return (line for raw in text.splitlines() if (line := " ".join(raw.split()).lower()))


def is_phrase(text: str) -> bool:
    """Whether it can be looked for: up to five words, * only at the end of one."""
    words = words_of(text.replace("*", ""))
    stars = text.replace("* ", " ").rstrip("*")
    return (
        0 < len(words) <= WORDS_MOST
        and len(text) <= PHRASE_MOST
        and "*" not in stars
        and len("".join(words)) > 1
    )


# --- words in a text --------------------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """The words of a text, folded (small letters, no accents), with the marks that end a clause kept."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").lower())
    if not plain.isascii():
        plain = "".join(filterfalse(unicodedata.combining, plain))
    return _WORD.findall(re.sub(r"(can|don|doesn|didn|isn|wasn|won)'t\b", r"\1t", plain))


def stands(tokens: list[str], texts: Iterable[str]) -> tuple[str, ...]:
    """The phrases that stand in a text, denied or not: what it is about, not what it claims."""
    return tuple(
        sorted({" ".join(tokens[at : at + len(phrase)]) for at, phrase in _hits(tokens, phrases_of(texts))})
    )


def phrases_of(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """Phrases as they are looked for: folded words, ``*`` kept at the end of one."""
    made = set()
    for text in texts:
        folded = words_of(text.replace("*", "qqq"))
        made.add(tuple(word.replace("qqq", "*") for word in folded))
    return tuple(sorted(made))


def found(
    tokens: list[str], phrases: tuple[Phrase, ...], harmless: tuple[Phrase, ...] = ()
) -> tuple[str, ...]:
    """The phrases that stand in a text, each once, denied and shielded ones left out."""
    if not (hits := list(_hits(tokens, phrases))):
        return ()
    shielded = {
        place for start, phrase in _hits(tokens, harmless) for place in range(start, start + len(phrase))
    }
    places = {place for start, phrase in hits for place in range(start, start + len(phrase))}
    kept = {
        " ".join(tokens[start : start + len(phrase)])
        for start, phrase in hits
        if start not in shielded and not _denied(tokens, start, places)
    }
    return tuple(sorted(kept))


class Sought:
    """Phrases made ready once, to be looked for in many texts: by their first word, or its first letter where it is open."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._starting: dict[str, list[Phrase]] = {}
        self._open: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            self._starting.setdefault(phrase[0], []).append(phrase)
            if phrase[0].endswith("*"):
                self._open.setdefault(phrase[0][0], []).append(phrase)

    def hits(self, tokens: list[str]) -> Iterator[tuple[int, Phrase]]:
        """Where a phrase stands in a text, and which. Each different word is looked up once."""
        known, letters = self._starting, self._open
        maybe = (token for token in set(tokens) if token in known or token[0] in letters)
        begins = {token: phrases for token in maybe if (phrases := self._begun_by(token))}
        if not begins:
            return
        for place, token in enumerate(tokens):
            for phrase in begins.get(token, ()):
                if all(_same(tokens, place + n, word) for n, word in enumerate(phrase)):
                    yield place, phrase

    def _begun_by(self, token: str) -> list[Phrase]:
        """The phrases whose first word it may be."""
        is_open = [one for one in self._open.get(token[0], ()) if token.startswith(one[0][:-1])]
        return self._starting.get(token, []) + is_open


@lru_cache(maxsize=64)
def _sought(phrases: tuple[Phrase, ...]) -> Sought:
    return Sought(phrases)


def _hits(tokens: list[str], phrases: tuple[Phrase, ...]) -> Iterator[tuple[int, Phrase]]:
    return _sought(phrases).hits(tokens)


def _same(tokens: list[str], place: int, word: str) -> bool:
    if place >= len(tokens):
        return False
    return tokens[place].startswith(word[:-1]) if word.endswith("*") else tokens[place] == word


def _denied(tokens: list[str], start: int, hits: set[int]) -> bool:
    """Whether one of the three words before a place denies it. ``hits``: where words that are looked for stand."""
    before = start - 1
    while before > 0 and tokens[before] in _JOINS:
        before -= 1
    if before < start - 1 and before not in hits:
        return False
    seen = 0
    for place in range(start - 1, -1, -1):
        token = tokens[place]
        if token in _STOP or (token in _JOINS and place < before) or seen == NEGATION_WINDOW:
            return False
        if token in NEGATIONS:
            return True
        seen += token != ","
    return False


FIRST: Any = lexicon(BUILT_IN_NUMBER, BUILT_IN)
"""What is in force until somebody changes it."""
