"""What is said more than before: words and pairs of words of a text, and how surely they rise. Pure.

Source: domain/escalation.md §C6 (themes of verbatims: log-odds with prior, period against baseline, at least ten authors);
Monroe, Colaresi and Quinn 2008, "Fightin' Words", log-odds ratio with an informative Dirichlet prior. What is counted is
in how many texts a term stands: somebody who repeats a word in one text says it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import log, sqrt

PERIOD = timedelta(days=7)
BASELINE = timedelta(days=28)
WEEKS = 5
"""Weeks of the trend: the four of the baseline, and the period."""
PRIOR = 0.1
"""How much the prior weighs: what both spans together say of a term counts for a tenth of its mentions."""
SWALLOWED = 0.8
"""A word that stands in a pair in so much of its texts is told by the pair."""
EXAMPLES = 3
NOTE_MOST = 300


class Source(StrEnum):
    """Where verbatims come from."""

    QUESTION = "question"
    ANSWER = "answer"
    REVIEW = "review"
    SATISFACTION = "satisfaction"
    TRIAL = "trial"


class Follow(StrEnum):
    """What the team makes of a rising topic."""

    NEW = "new"
    SEEN = "seen"
    LOOKING = "looking"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Spans:
    """How often something was said in the period and before; with nothing named, all mentions."""

    now: int
    before: int


def log_odds(term: Spans, all_: Spans, prior: float = PRIOR) -> tuple[float, float]:
    """How much more a term is said than before, as a log-odds ratio, and the same in standard deviations (z).

    The prior of the term is its share of both spans together, so that rare words need much to rise.
    """
    own, every = prior * (term.now + term.before), prior * (all_.now + all_.before)
    now, before = term.now + own, term.before + own
    ratio = log(now / (all_.now + every - now)) - log(before / (all_.before + every - before))
    return ratio, ratio / sqrt(1 / now + 1 / before)


@dataclass(frozen=True, slots=True)
class Rising:
    """A term that rises; ``key`` is its stems."""

    key: str
    spans: Spans
    authors: int
    z: float

    @property
    def is_pair(self) -> bool:
        """Two words."""
        return " " in self.key


def rising(
    found: Mapping[str, Spans], all_: Mapping[bool, Spans], authors: Mapping[str, int], least_authors: int, least_z: float, most: int,
    least_times: float = 1.0,
) -> list[Rising]:  # fmt: skip
    """The terms said by enough people that rise surely and far enough (``least_times``: as often as before), the surest first. Words and pairs are two vocabularies
    (``all_`` by "is a pair"); a word that a risen pair says as well is left out."""
    kept = []
    for key, spans in found.items():
        if authors.get(key, 0) < least_authors:
            continue
        ratio, z = log_odds(spans, all_[" " in key])
        if z >= least_z and ratio >= log(least_times):
            kept.append(Rising(key, spans, authors[key], z))
    pairs = [one for one in kept if one.is_pair]
    told = {
        word for pair in pairs for word in pair.key.split() if word in found and pair.spans.now >= SWALLOWED * found[word].now
    }  # fmt: skip
    return sorted((one for one in kept if one.key not in told), key=lambda one: (-one.z, one.key))[:most]


def week_of(at: datetime, end: datetime) -> int:
    """In which of the weeks that end at a moment something was said: 0 the oldest, WEEKS - 1 the period."""
    return WEEKS - 1 - min(WEEKS - 1, max(0, (end - at) // PERIOD))


def most_written(forms: Mapping[str, int]) -> str:
    """The way a term is written most."""
    return max(forms.items(), key=lambda one: (one[1], one[0]))[0]


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
