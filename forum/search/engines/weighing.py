"""What a word says about a question, and what a question is worth to a reader. Pure; both makes of the index use it.

A word's weight in a question is BM25 over three fields, worked out once, when the question is indexed: a word of the
title says more than one of the text, one of the answers almost as much, and repeating it soon adds nothing. A look-up
adds up the weights of its words, each by its rarity, and multiplies by how much the question has helped others.
The numbers were chosen on public sets; docs/search.md says how, and how to measure them again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import exp, log, log1p, sqrt

from forum.search.rules import Document, SearchState
from forum.search.words import variants, written_words


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a question: what a word counts there, how many words are usual, how much a long one counts less."""

    weight: float
    usual: float
    shortness: float

    def said(self, count: int, length: int) -> float:
        """What a word that stands there so often says."""
        return self.weight * count / (1 - self.shortness + self.shortness * length / self.usual)


TITLE = Field(weight=3.0, usual=6, shortness=0.5)
TEXT = Field(weight=1.0, usual=50, shortness=0.75)
ANSWERS = Field(weight=0.8, usual=70, shortness=0.75)
SATURATION = 1.2
"""How soon repetition stops to count."""
BY_ANSWERS, BY_VIEWS, BY_THUMBS = 0.15, 0.25, 0.05
"""What each doubling (or rather each e-fold) of answers, views and thumbs-up adds to a question's worth."""
SOLVED = 1.05
"""A solved question ranks as if it matched this much better."""
IN_SEARCH = 0.25
"""A search for typed words takes the worth to this power: a better match is seldom passed by one that is read more."""
NEAR, NEAR_DAYS = 0.2, 30.0
"""Of similar questions, those asked at the same time rank higher: after an update many have the same trouble."""
MOST_TELLING = 40
"""Words of a long text that are looked up: those that say most."""
MOST_ENTRIES = 60_000
"""A look-up of a long text adds up at most so many entries of the index, the most telling words first."""
_IN_TITLE, _IN_TEXT = 2.0, 1.0
_MOST_REPEATS = 9

Forms = tuple[str, ...]
"""The terms under which one word may stand in the index."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to which similar ones are wanted: its words with their weights, and the day it is asked.

    ``entries``: of the index that are added up at most; none given, as many as under a question.
    """

    words: Mapping[Forms, float]
    day: int
    entries: int | None = None


def weights(document: Document) -> dict[str, float]:
    """What each term says about a question, between 0 and ``1 + SATURATION``."""
    found: dict[str, float] = {}
    for field, terms in (
        (TITLE, document.title_terms),
        (TEXT, document.text_terms),
        (ANSWERS, document.answer_terms),
    ):
        for term, count in Counter(terms).items():
            found[term] = found.get(term, 0.0) + field.said(count, len(terms))
    return {
        term: max(round(said * (1 + SATURATION) / (said + SATURATION), 3), 0.001)
        for term, said in found.items()
    }


def worth(document: Document) -> float:
    """How much a question is worth to others: answers, readers, thanks, a solution. 1 for a question nobody has read."""
    said = BY_ANSWERS * log1p(document.answers)
    said += BY_VIEWS * log1p(document.views) + BY_THUMBS * log1p(document.thumbs_up)
    return round((1 + said) * (SOLVED if document.state == SearchState.SOLVED else 1.0), 3)


def nearness(days: float) -> float:
    """How much more a similar question counts that was asked so many days before or after."""
    return 1 + NEAR * exp(-abs(days) / NEAR_DAYS)


def rarity(questions: int, among: int) -> float:
    """How much a word says that stands in so many of all questions."""
    return log(1 + (max(among - questions, 0) + 0.5) / (questions + 0.5))


def asked(title: str, text: str, language: str | None, day: date) -> Asked:
    """A question as it is looked for; repeating a word adds little."""
    found: dict[Forms, float] = {}
    for written, weight in ((title, _IN_TITLE), (text, _IN_TEXT)):
        counted = Counter(
            forms
            for word in written_words(written)
            if (len(word) > 1 or word.isdigit()) and (forms := variants(word, language))
        )
        for forms, count in counted.items():
            found[forms] = found.get(forms, 0.0) + weight * sqrt(min(count, _MOST_REPEATS))
    return Asked(found, day.toordinal())


def telling(
    wanted: Mapping[Forms, float], frequency: Callable[[str], int], among: int, most: int | None = None
) -> list[tuple[str, float]]:
    """The terms to look up, each with its factor: those that say most, as many as may be added up."""
    weighed = []
    for forms, weight in wanted.items():
        questions = sum(frequency(term) for term in forms)
        if questions:
            weighed.append((weight * rarity(questions, among), questions, forms))
    chosen: list[tuple[str, float]] = []
    entries = 0
    for factor, questions, forms in sorted(weighed, key=lambda one: (-one[0], one[2]))[:MOST_TELLING]:
        entries += questions
        if entries > (most or MOST_ENTRIES) and chosen:
            continue
        chosen += [(term, factor) for term in forms]
    return chosen
