"""A text as a reader takes it, with the way back: look-alike letters, invisible characters and accents folded.

Detectors search the folded text and get the places in the original, so that what is masked or highlighted is
what the author typed. Source: domain/moderation.md §B5 (normalise).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from confusable_homoglyphs import utils as confusables

_TWINS = {
    "а": "a", "ɑ": "a", "α": "a", "в": "b", "ϲ": "c", "с": "c", "ԁ": "d", "е": "e", "є": "e", "ε": "e", "һ": "h",
    "і": "i", "ı": "i", "ι": "i", "ј": "j", "к": "k", "κ": "k", "ӏ": "l", "м": "m", "п": "n", "ո": "n", "ν": "v",
    "о": "o", "ο": "o", "օ": "o", "р": "p", "ρ": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "τ": "t", "υ": "u",
    "ѵ": "v", "ѡ": "w", "х": "x", "χ": "x", "у": "y", "γ": "y", "ᴢ": "z",
    "А": "A", "Α": "A", "В": "B", "Β": "B", "С": "C", "Е": "E", "Ε": "E", "Н": "H", "Η": "H", "І": "I", "Ι": "I",
    "Ј": "J", "К": "K", "Κ": "K", "М": "M", "Μ": "M", "Ν": "N", "О": "O", "Ο": "O", "Р": "P", "Ρ": "P", "Ѕ": "S",
    "Т": "T", "Τ": "T", "Х": "X", "Χ": "X", "У": "Y", "Υ": "Y", "Ζ": "Z",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "‚": ",", "․": ".", "。": ".",
}  # fmt: skip
"""What Unicode's list does not call confusable, or takes for something else than the Latin letter it passes for."""

_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "€": "e", "!": "i"}


@cache
def _listed() -> dict[str, str]:
    """Unicode's confusable letters that pass for a Latin letter or a digit, one for one."""
    found = {}
    for character, others in confusables.load("confusables.json").items():
        read = [other["c"] for other in others if len(other["c"]) == 1 and other["c"].isascii()]
        if len(character) == 1 and not character.isascii() and read and read[0].isalnum():
            found[character] = read[0]
    return found


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    """What one character is read as; empty for what nobody sees."""
    if character in "\n\t":
        return character
    if unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me"):
        return ""
    if character in _TWINS:
        return _TWINS[character]
    if character in _listed() and unicodedata.decimal(character, None) is None:
        return _listed()[character]
    read = unicodedata.normalize("NFKC", character)
    return "".join(
        _digit(_TWINS.get(c) or _listed().get(c, c))
        for c in read
        if unicodedata.category(c) not in ("Cf", "Cc")
    )


def _digit(character: str) -> str:
    """Digits of every script as 0 to 9; blanks of every width as one blank."""
    if character.isspace():
        return " "
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """A folded character in lower case without its accent."""
    lowered = unicodedata.normalize("NFD", _fold(character).lower())
    return "".join(c for c in lowered if not unicodedata.combining(c)).replace("œ", "oe").replace("æ", "ae")


@dataclass(frozen=True)
class Folded:
    """The folded text; ``places[i]`` is where its character i stands in the original."""

    text: str
    places: tuple[int, ...]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a part of the folded text (end excluded)."""
        return self.places[start], self.places[end - 1] + 1

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], tuple[int, int]]]:
        """Every match of a pattern with its place in the original."""
        for match in pattern.finditer(self.text):
            if match.end() > match.start():
                yield match, self.span(*match.span())


def folded(text: str) -> Folded:
    """The text as read: compatibility forms, look-alikes and blanks made ordinary, invisible characters left out."""
    return _view(text, _fold)


def plain(text: str) -> Folded:
    """The same in lower case and without accents, for words."""
    return _view(text, _plain)


def unleet(text: Folded) -> Folded:
    """The same with digits and signs read as the letters they stand for (same length)."""
    return Folded("".join(_LEET.get(c, c) for c in text.text), text.places, text.length)


def _view(text: str, fold) -> Folded:
    if text.isascii():
        shown = "".join(c if c >= " " or c in "\n\t" else " " for c in text)
        return Folded(shown.lower() if fold is _plain else shown, tuple(range(len(text))), len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in fold(character):
            letters.append(letter)
            places.append(place)
    return Folded("".join(letters), tuple(places), len(text))
