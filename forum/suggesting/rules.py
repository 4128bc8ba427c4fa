"""Which unanswered question fits whom. Pure.

A question fits a member who gave solutions in its category or on its topics; a topic says more than a category, the
member's own language more than another (domain/escalation.md §C2: who knows).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

MOST = 5
"""Questions suggested in one section of one digest."""
CATEGORY_COUNTS, TOPIC_COUNTS = 10, 5
"""More solutions than this make nobody a better match."""
TOPIC_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class Open:
    """A question nobody has answered, as far as the choice needs it."""

    id: int
    author_id: int | None
    category_id: int
    language: str
    me_too_count: int
    published_at: datetime
    tag_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How many solutions a member gave, by category and by topic."""

    by_category: Mapping[int, int]
    by_topic: Mapping[int, int]


def fit(question: Open, knowledge: Knowledge, language: str) -> float:
    """How well a question fits; 0 where the member never solved anything like it."""
    topics = sum(min(knowledge.by_topic.get(tag_id, 0), TOPIC_COUNTS) for tag_id in question.tag_ids)
    known = TOPIC_WEIGHT * topics + min(knowledge.by_category.get(question.category_id, 0), CATEGORY_COUNTS)
    return known if question.language == language else known / 2


def best(
    questions: Iterable[Open],
    knowledge: Knowledge,
    member_id: int,
    language: str,
    without: Iterable[int],
    most: int,
) -> list[int]:
    """The questions that fit a member best; among equals the most awaited, then the newest. Never an own one, nor
    one that was suggested before or read."""
    left_out = frozenset(without)
    found = [
        (fit(question, knowledge, language), question.me_too_count, question.published_at, question.id)
        for question in questions
        if question.author_id != member_id and question.id not in left_out
    ]
    return [one[3] for one in sorted((one for one in found if one[0] > 0), reverse=True)[:most]]
