"""Who is asked to help with a question: the score with its parts, and why it was this member. Pure.

What a member did in a topic is kept as *warmth*: the sum of one for each reply, halved after every half-life, as the
logarithm to base two of what it would be at a fixed moment. So it never has to be renewed, its order is the same at any
time, and two of them are compared by subtraction. Source: domain/escalation.md §C5; docs/experts.md says what was added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp, log2, sqrt

PRESENCE_DAYS = 2.0
"""Half-life of being here and answering in a language."""
TOPIC_DAYS = 30.0
"""Half-life of what one did in a category, on a tag or about a product, and scale of how recent it is."""
PRESENCE_SPAN = 8.0
"""Halvings below the warmest at which presence counts nothing."""
BEST = 3
"""Matching questions of one member that count."""
LATELY = timedelta(days=3)
TIRED = 0.015
"""What each time of being asked lately takes from a score: without it the top 1 % of members got 44 % of the invitations of
the measured history, above the alarm of `domain/escalation.md §C5` (40 %)."""
UNPROVEN = 0.5
"""What a reply says that was neither accepted nor found useful, beside one that was."""
_DAY = 86_400.0


class Part(StrEnum):
    """The parts of a score; each is between 0 and 1 before its weight."""

    TEXT = "text"
    TAGS = "tags"
    QUALITY = "quality"
    RECENCY = "recency"
    RESPONSE = "response"
    PRESENCE = "presence"


WEIGHTS: Mapping[Part, float] = {
    Part.TEXT: 0.40,
    Part.TAGS: 0.20,
    Part.QUALITY: 0.20,
    Part.RECENCY: 0.10,
    Part.RESPONSE: 0.10,
    Part.PRESENCE: 3.0,
}


class Why(StrEnum):
    """Why a member is asked, as it is told to them."""

    SOLVED = "solved"
    ANSWERED = "answered"
    ALIKE = "alike"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Done:
    """What a member did in one topic."""

    warmth: float
    answers: int
    accepted: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about: topics by their keys, the narrowest first. ``language`` is the widest of all."""

    language: str
    category: str
    narrower: tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """All of them, the narrowest first."""
        return (*self.narrower, self.category, self.language)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a member when a question is asked. ``matches``: how well questions they replied to match it."""

    member_id: int
    done: Mapping[str, Done] = field(default_factory=dict)
    matches: Sequence[float] = ()
    invited: int = 0
    answered: int = 0
    open: int = 0
    lately: int = 0
    """How often they were asked within ``LATELY``."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the score, its weighted parts, and the reason that is shown.

    ``proven``: an answer of theirs was accepted in the category.
    """

    member_id: int
    score: float
    parts: Mapping[Part, float]
    why: Why
    topic: str = ""
    count: int = 0
    proven: bool = False


# --- warmth ---------------------------------------------------------------------------------------------------------


def half_life_of(topic: str) -> float:
    """Days after which a reply counts half in this topic: a language is about being here, the others about knowing."""
    return PRESENCE_DAYS if topic.startswith("language:") else TOPIC_DAYS


def warmth_of(moments: Iterable[datetime], half_life: float) -> float:
    """The warmth of replies written at these moments; at least one."""
    levels = [moment.timestamp() / (half_life * _DAY) for moment in moments]
    top = max(levels)
    return top + log2(sum(2.0 ** (level - top) for level in levels))


def warmer(warmth: float, other: float) -> float:
    """Two warmths of one topic together."""
    top = max(warmth, other)
    return top + log2(2.0 ** (warmth - top) + 2.0 ** (other - top))


def warmth_at(warmth: float, at: datetime, half_life: float) -> float:
    """How many replies of that very moment it is worth."""
    return 2.0 ** (warmth - at.timestamp() / (half_life * _DAY))


# --- the score ------------------------------------------------------------------------------------------------------


def wilson(good: int, all_of: int) -> float:
    """Lower bound of the share that is good (95 %): 5 of 10 is 0.24, 25 of 50 is 0.37."""
    if all_of <= 0:
        return 0.0
    z, share = 1.96, min(good, all_of) / all_of
    middle = share + z * z / (2 * all_of)
    spread = z * sqrt((share * (1 - share) + z * z / (4 * all_of)) / all_of)
    return max(0.0, (middle - spread) / (1 + z * z / all_of))


def best_mean(matches: Iterable[float]) -> float:
    """The mean of the best three, missing ones counting nothing."""
    return sum(sorted(matches, reverse=True)[:BEST]) / BEST


def scored(
    candidates: Sequence[Candidate], about: About, at: datetime, weights: Mapping[Part, float] = WEIGHTS
) -> list[Scored]:
    """The candidates by their score, best first; equals by their number, so that the order is always the same."""
    most = max((best_mean(one.matches) for one in candidates), default=0.0) or 1.0
    warmest = {
        topic: max((one.done[topic].warmth for one in candidates if topic in one.done), default=0.0)
        for topic in about.topics
    }
    found = [_scored(one, about, at, weights, most, warmest) for one in candidates]
    return sorted(found, key=lambda one: (-one.score, one.member_id))


def _scored(
    one: Candidate,
    about: About,
    at: datetime,
    weights: Mapping[Part, float],
    most: float,
    warmest: Mapping[str, float],
) -> Scored:
    parts = {part: weights.get(part, 0.0) * value for part, value in _parts(one, about, at, most, warmest)}
    fresh = 1 / (1 + one.open) / (1 + TIRED * one.lately)
    topic = one.done.get(about.category)
    proven = topic is not None and topic.accepted > 0
    return Scored(one.member_id, fresh * sum(parts.values()), parts, *_why(one, about), proven=proven)


def _parts(
    one: Candidate, about: About, at: datetime, most: float, warmest: Mapping[str, float]
) -> Iterable[tuple[Part, float]]:
    here, topic = one.done.get(about.language), one.done.get(about.category)
    yield Part.TEXT, best_mean(one.matches) / most
    yield Part.TAGS, _overlap(one, about, warmest)
    yield Part.QUALITY, wilson(topic.accepted, topic.answers) if topic else 0.0
    yield Part.RECENCY, exp(-max(0.0, (at - topic.last_at) / timedelta(days=TOPIC_DAYS))) if topic else 0.0
    yield Part.RESPONSE, (one.answered + 1) / (one.invited + 3)
    behind = warmest[about.language] - here.warmth if here else PRESENCE_SPAN
    yield Part.PRESENCE, max(0.0, 1 - behind / PRESENCE_SPAN)


def _overlap(one: Candidate, about: About, warmest: Mapping[str, float]) -> float:
    """Weighted Jaccard of the question's topics, each in full, and the member's, each as warm as the warmest's."""
    topics = (*about.narrower, about.category)
    shared = (2.0 ** (one.done[topic].warmth - warmest[topic]) for topic in topics if topic in one.done)
    return sum(shared) / len(topics)


def _why(one: Candidate, about: About) -> tuple[Why, str, int]:
    """The strongest thing that can be said: solutions in the narrowest topic, answers there, a question like this."""
    for topic in about.topics[:-1]:
        if topic in one.done and one.done[topic].accepted:
            return Why.SOLVED, topic, one.done[topic].accepted
    if one.matches:
        return Why.ALIKE, "", len(one.matches)
    for topic in about.topics[:-1]:
        if topic in one.done:
            return Why.ANSWERED, topic, one.done[topic].answers
    return Why.HERE, "", 0
