"""Watched words: what they are, how they are found among thousands, and what they do to a text. Pure.

A word is looked for as a reader takes it: accents, capitals, look-alike and leet letters do not matter, unless the
rule says that capitals do. Source: domain/moderation.md §B5 (watched words).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from moderation.screening.folded import Folded, folded, plain, unleet

WILDCARD = 30
"""Most letters that one ``*`` stands for: a pattern with three of them stays cheap on any text."""


class WordAction(StrEnum):
    """What a watched word does. ``hold`` is the domain's require_approval, ``mask`` its censor."""

    HOLD = "hold"
    URGENT = "urgent"
    FLAG = "flag"
    MASK = "mask"
    BLOCK = "block"
    REPLACE = "replace"
    LINK = "link"
    TAG = "tag"
    ROUTE = "route"
    PRIORITY = "priority"


CHANGING = frozenset({WordAction.MASK, WordAction.REPLACE, WordAction.LINK})
"""Actions that change the text instead of saying something about it."""

WITH_VALUE = frozenset(
    {WordAction.REPLACE, WordAction.LINK, WordAction.TAG, WordAction.ROUTE, WordAction.PRIORITY}
)
"""Actions that need to be told what to put, where to lead, what to add, whom to call, how much."""


@dataclass(frozen=True)
class WatchedRule:
    """A word or phrase; ``*`` stands for any letters. Whole words, whatever the capitals, unless said otherwise."""

    pattern: str
    action: WordAction = WordAction.HOLD
    whole_word: bool = True
    case_matters: bool = False
    value: str = ""


class View:
    """A text as the rules look at it: plain, unleeted and with its capitals, each made once."""

    def __init__(self, text: str) -> None:
        self.plain = plain(text)
        self.loose = unleet(self.plain)
        self._text = text
        self._typed: Folded | None = None
        self._grams = _grams(self.plain.text) | _grams(self.loose.text)

    @property
    def typed(self) -> Folded:
        """With capitals and accents, for rules to which they matter."""
        if self._typed is None:
            self._typed = folded(self._text)
        return self._typed

    def may_hold(self, rule: WatchedRule) -> bool:
        """Whether a look is worth it: some letters of the word are there. Settles nearly all of thousands of rules."""
        clue = _clue(rule.pattern)
        return not clue or clue in self._grams

    def spans(self, rule: WatchedRule) -> list[tuple[int, int]]:
        """Where the word stands in the original."""
        if not self.may_hold(rule):
            return []
        pattern = word_pattern(rule.pattern, rule.whole_word, rule.case_matters)
        views = (self.typed,) if rule.case_matters else (self.plain, self.loose)
        return sorted({span for view in views for _match, span in view.find(pattern)})

    def holds(self, rule: WatchedRule) -> bool:
        """Whether the word is there."""
        if not self.may_hold(rule):
            return False
        pattern = word_pattern(rule.pattern, rule.whole_word, rule.case_matters)
        views = (self.typed,) if rule.case_matters else (self.plain, self.loose)
        return any(pattern.search(view.text) for view in views)


@lru_cache(maxsize=32_768)
def _clue(pattern: str) -> str:
    """Three letters in a row that a text with the word must have; empty for a word too short to tell."""
    runs = re.findall(r"\w{3,}", plain(pattern).text)
    return max(runs, key=len)[:3] if runs else ""


def _grams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


@lru_cache(maxsize=8192)
def word_pattern(written: str, whole_word: bool = True, case_matters: bool = False) -> re.Pattern[str]:
    """A watched word as a pattern over such a view: blanks stand for any short run of blanks, ``*`` for letters."""
    words = (folded if case_matters else plain)(written.strip()).text
    parts = [
        rf"\w{{0,{WILDCARD}}}" if part == "*" else re.escape(part)
        for part in re.split(r"(\*+)", words)
        if part
    ]
    pattern = re.sub(r"(?:\\?\s)+", r"[\\s_.-]{1,3}", "".join(parts))
    return re.compile(rf"(?<!\w){pattern}(?!\w)" if whole_word else pattern)


def matches(rule: WatchedRule, text: str) -> bool:
    """Whether a watched word is in a text, leet spellings included."""
    return View(text).holds(rule)


def found_in(rules: Iterable[WatchedRule], text: str) -> list[WatchedRule]:
    """The rules whose word is in a text."""
    view = View(text)
    return [rule for rule in rules if view.holds(rule)]


def failed_sentences(
    rule: WatchedRule, must: Iterable[str], must_not: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Test sentences that a rule gets wrong: (missed although it should match, matched although it should not)."""
    return [s for s in must if not matches(rule, s)], [s for s in must_not if matches(rule, s)]


# --- what a word does to the text ---------------------------------------------------------------------------------

_KEPT = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|!?\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)|<[^>\n]{1,2000}>|(?:https?://|www\.)[^\s<>()\]]+",
    re.S | re.I,
)
"""Code, links, pictures and addresses: no word in them becomes a link or another word."""


def changed(text: str, rules: Sequence[WatchedRule]) -> tuple[str, bool]:
    """The text with its words dotted out, replaced and linked; and whether something was dotted out or replaced."""
    touched = False
    for rule in rules:
        if rule.action not in CHANGING or not (spans := View(text).spans(rule)):
            continue
        if rule.action == WordAction.MASK:
            text, touched = _put(text, spans, lambda word: "•" * min(len(word), 12)), True
            continue
        free = _outside(text, spans)
        if rule.action == WordAction.REPLACE and free:
            text, touched = _put(text, free, lambda _word, new=rule.value: new), True
        elif rule.action == WordAction.LINK and free and f"]({rule.value})" not in text:
            text = _put(text, free[:1], lambda word, to=rule.value: f"[{word}]({to})")
    return text, touched


def is_stable(rule: WatchedRule) -> bool:
    """Whether replacing twice is replacing once: the new words do not call for the rule again."""
    return rule.action != WordAction.REPLACE or not matches(rule, f"x {rule.value} x")


def _outside(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept = [match.span() for match in _KEPT.finditer(text)]
    return [(a, b) for a, b in spans if not any(start < b and a < end for start, end in kept)]


def _put(text: str, spans: list[tuple[int, int]], new) -> str:
    last = len(text)
    for start, end in reversed(spans):
        if end <= last:
            text = text[:start] + new(text[start:end]) + text[end:]
            last = start
    return text
