"""What names a person in a text, found in every spelling. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

BLANK = "[…]"
_PART_MIN = 3
_LOCAL_MIN = 5
_VARIANTS = {
    "a": "aàáâãäå", "c": "cç", "e": "eèéêë", "i": "iìíîï", "n": "nñ", "o": "oòóôõö", "u": "uùúûü", "y": "yýÿ",
}  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """What a text may name somebody by: public names and addresses they had here. ``by_others``: in a text that need not
    speak of this person, only what can be nobody else: an address, a name of several words, a name after the sign for it."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    by_others: bool = False

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        found = self._unmistakable() if self.by_others else self._anything()
        return re.compile(rf"(?<!\w)@?(?:{'|'.join(found)})(?!\w)") if found else None

    def _unmistakable(self) -> list[str]:
        known = [name for name in self.names if len(name) >= _PART_MIN]
        whole = [*(one for one in self.emails if "@" in one), *(one for one in known if len(one.split()) > 1)]
        found = [f"(?i:{_anyhow(one)})" for one in sorted(set(whole), key=len, reverse=True)]
        return found + [f"@(?i:{_anyhow(one)})" for one in known]

    def _anything(self) -> list[str]:
        whole = [
            *(one for one in self.emails if "@" in one),
            *(name for name in self.names if len(name) >= _PART_MIN),
        ]
        whole += [local for one in self.emails if len(local := one.partition("@")[0]) >= _LOCAL_MIN]
        found = [f"(?i:{_anyhow(one)})" for one in sorted(set(whole), key=len, reverse=True)]
        return found + [_part(one) for one in self._parts()]

    def _parts(self) -> list[str]:
        """First and last names, where they are written as names are: with a capital."""
        parts = {
            part
            for name in self.names
            for part in re.split(r"[\s\-_.]+", name)
            if len(name.split()) > 1 or "-" in name
        }
        return sorted(
            (one for one in parts if len(one) >= _PART_MIN and one[0].isupper()), key=len, reverse=True
        )

    def blank(self, text: str) -> str:
        """The text without them."""
        text = unicodedata.normalize("NFC", text) if not text.isascii() else text
        return self._pattern.sub(BLANK, text) if self._pattern else text

    def mentions(self) -> tuple[str, ...]:
        """How others name the person with the sign for it."""
        return tuple(f"@{name}" for name in self.names if len(name) >= _PART_MIN)


def _anyhow(words: str) -> str:
    """Whatever accents it is written with, and however its words are set apart."""
    pieces = []
    for character in unicodedata.normalize("NFC", words):
        base = unicodedata.normalize("NFD", character)[0].lower()
        if base in _VARIANTS:
            pieces.append(f"[{_VARIANTS[base]}]")
        elif character.isspace() or character == "-":
            pieces.append(r"[\s\-_.]+")
        else:
            pieces.append(re.escape(character))
    return "".join(pieces)


def _part(word: str) -> str:
    """With a capital, or in capitals."""
    rest = word[1:]
    return f"{re.escape(word[0])}(?:{_anyhow(rest)}|{re.escape(rest.upper())})"
