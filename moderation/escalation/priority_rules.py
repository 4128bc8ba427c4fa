"""How urgent a question is: a score of 0 to 100 with its parts, so that staff can read why.

Pure. Source: domain/escalation.md §C2.1. Two things override the sum: words of danger make a question urgent and reach
the team at once, words of law or fraud make it at least high. Which words: moderation/lexicon; a human confirms what they
suggest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from moderation.escalation.rules import PRIORITIES, Priority
from moderation.lexicon.rules import FIRST, Lexicon, WordList, words_of

BASE = 20
"""What any question starts with: the middle of the scale's "normal" band begins here."""
HIGH_POINTS = 40
BANDS = ((70, Priority.URGENT), (45, Priority.HIGH), (20, Priority.NORMAL), (0, Priority.LOW))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the score is made of. ``used`` is the elapsed part of the reply target, 0 or more; ``reach`` how many people the
    asker speaks to elsewhere, as somebody of the team noted; ``urgency`` what a word of urgency weighs in the category;
    ``cleared`` words of danger that a person has read and found harmless."""

    title: str
    body: str
    asker_rank: int = 0
    me_too_count: int = 0
    view_count: int = 0
    used: float = 0.0
    reopened: bool = False
    asked_lately: bool = False
    reach: int = 0
    urgency: float = 1.0
    base: int = BASE
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """One component: its key, its points, and the words found."""

    key: str
    points: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The result, and by which version of the words. ``is_danger`` overrides everything; ``is_legal`` lifts to high at
    least."""

    points: int
    priority: Priority
    parts: tuple[Part, ...]
    is_danger: bool = False
    is_legal: bool = False
    lexicon: int = FIRST.number

    @property
    def danger(self) -> tuple[str, ...]:
        """The words of danger found."""
        return next((part.words for part in self.parts if part.key == "danger"), ())


def score(facts: Facts, words: Lexicon = FIRST) -> Score:
    """The score of a question, its band, and the parts that are not zero."""
    tokens = words_of(f"{facts.title}\n{facts.body}")
    danger = tuple(one for one in words.found(tokens, WordList.DANGER) if one not in facts.cleared)
    law, money = words.found(tokens, WordList.LAW), words.found(tokens, WordList.MONEY)
    parts = [
        Part("base", facts.base),
        Part("danger", 0, danger),
        Part("legal", HIGH_POINTS if law else 0, law),
        Part("payment", HIGH_POINTS if money else 0, money),
        *_smaller_parts(facts, tokens, words),
    ]
    points = round(max(0.0, min(100.0, sum(part.points for part in parts))))
    priority = band(points)
    if law or money:
        priority = more_urgent(priority, Priority.HIGH)
    if danger:
        priority = Priority.URGENT
    kept = tuple(part for part in parts if part.points or part.words)
    return Score(points, priority, kept, bool(danger), bool(law or money), words.number)


def _smaller_parts(facts: Facts, tokens: list[str], words: Lexicon) -> list[Part]:
    hurry, unhappy = words.found(tokens, WordList.URGENCY), words.found(tokens, WordList.TONE)
    return [
        Part("urgency", min(20.0, 5 * max(0.0, facts.urgency) * len(hurry)), hurry),
        Part("tone", tone_points(len(unhappy), facts.title + " " + facts.body), unhappy),
        Part("influence", influence(facts.asker_rank, facts.reach)),
        Part("me_too", me_too_points(facts.me_too_count)),
        Part("views", view_points(facts.view_count)),
        Part("age", 25 * min(1.0, max(0.0, facts.used))),
        Part("repeat", 10 if facts.asked_lately else 0),
        Part("reopened", 10 if facts.reopened else 0),
    ]


def tone_points(words: int, text: str) -> int:
    """Three points for each different word of displeasure, with up to five for shouting; fifteen at most."""
    return min(15, 3 * words + shouting(text))


def me_too_points(count: int) -> float:
    """How many have the same question, on a scale that flattens; 20 at most."""
    return min(20.0, 5 * math.log2(1 + max(0, count)))


def view_points(count: int) -> float:
    """How many looked at it, 10 at most."""
    return min(10.0, 2.5 * math.log10(1 + max(0, count)))


def influence(rank: int, reach: int = 0) -> float:
    """At most 6 points by rank and 4 by reach: less than the narrowest band, so that it never lifts by more than one."""
    by_rank = {3: 2, 4: 4}.get(rank, 6 if rank >= 5 else 0)
    return by_rank + min(4.0, math.log10(1 + max(0, reach)))


def band(points: float) -> Priority:
    """The priority of a sum of points."""
    return next(priority for low, priority in BANDS if points >= low)


def more_urgent(one: Priority, other: Priority) -> Priority:
    """The more urgent of two priorities."""
    return min(one, other, key=PRIORITIES.index)


def shouting(text: str) -> int:
    """Points for exclamation marks and capitals, 0 to 5."""
    letters = list(filter(str.isalpha, text))
    capitals = sum(map(str.isupper, letters))
    loud = len(letters) >= 20 and capitals / len(letters) > 0.6
    return min(5, (3 if loud else 0) + min(3, text.count("!")))


def kept_parts(found: Score) -> list[dict]:
    """The parts of a score as they are kept with the ladder."""
    return [
        {"key": part.key, "points": round(part.points, 1), "words": list(part.words)} for part in found.parts
    ]
