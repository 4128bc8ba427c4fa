"""Questions that look like one, or like what is being typed; found by the search index, read by the read rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimilarQuestion:
    """A question offered beside another. ``excerpt`` is of its solution; ``close`` says very close."""

    id: int
    slug: str
    title: str
    language: str
    solved: bool
    official: bool
    answer_count: int
    excerpt: str = ""
    helper: str = ""
    close: bool = False


def similar_to(question_id: int) -> tuple[SimilarQuestion, ...]:
    """Questions like a published one."""
    return ()


def similar_to_text(title: str, body: str = "") -> tuple[SimilarQuestion, ...]:
    """Questions like a title and a text that are being typed."""
    return ()
