"""Which unanswered question fits whom. Pure.

A question fits a member who gave solutions in its category, on its topics or about its product, or who owns that
product; a topic or a product says more than a category, the member's own language more than another
(domain/escalation.md §C2: who knows).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

MOST = 5
"""Questions suggested in one section of one digest."""
CATEGORY_COUNTS, TOPIC_COUNTS = 10, 5
"""More solutions than this make nobody a better match."""
TOPIC_WEIGHT = 3
OWNED = 2
"""What owning the very product says, without any solution."""


@dataclass(frozen=True, slots=True)
class Open:
    """A question nobody has answered, as far as the choice needs it."""

    id: int
    author_id: int | None
    category_id: int
    language: str
    me_too_count: int
    published_at: datetime
    product_id: int | None = None
    tag_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How many solutions a member gave, by category, topic and product; and which products they own."""

    by_category: Mapping[int, int]
    by_topic: Mapping[int, int]
    by_product: Mapping[int, int] = field(default_factory=dict)
    owned: frozenset[int] = frozenset()


class Pool:
    """Questions by what they are about, so that a member is compared with those alone that could fit."""

    def __init__(self, questions: Iterable[Open]) -> None:
        self._by: dict[tuple[str, int], list[Open]] = {}
        for question in questions:
            about = [("category", question.category_id), *(("topic", tag_id) for tag_id in question.tag_ids)]
            if question.product_id is not None:
                about.append(("product", question.product_id))
            for key in about:
                self._by.setdefault(key, []).append(question)

    def near(self, knowledge: Knowledge) -> Iterable[Open]:
        """The questions about anything the member knows."""
        keys = [("category", number) for number in knowledge.by_category]
        keys += [("topic", number) for number in knowledge.by_topic]
        keys += [("product", number) for number in {*knowledge.by_product, *knowledge.owned}]
        return {question.id: question for key in keys for question in self._by.get(key, ())}.values()


def fit(question: Open, knowledge: Knowledge, language: str) -> float:
    """How well a question fits; 0 where the member neither solved anything like it nor owns the product."""
    topics = sum(min(knowledge.by_topic.get(tag_id, 0), TOPIC_COUNTS) for tag_id in question.tag_ids)
    if question.product_id is not None:
        topics += min(knowledge.by_product.get(question.product_id, 0), TOPIC_COUNTS)
    owned = OWNED if question.product_id in knowledge.owned else 0
    known = (
        owned
        + TOPIC_WEIGHT * topics
        + min(knowledge.by_category.get(question.category_id, 0), CATEGORY_COUNTS)
    )
    return known if question.language == language else known / 2


def best(
    pool: Pool,
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
        for question in pool.near(knowledge)
        if question.author_id != member_id and question.id not in left_out
    ]
    return [one[3] for one in sorted((one for one in found if one[0] > 0), reverse=True)[:most]]
