"""What stands beside a thread: guides and questions like it, kept until anything in lists changes."""

from __future__ import annotations

from common.freshness import Shelf
from forum.content.guides.queries import GuideRow, guides_like
from forum.questions.queries import QuestionHead
from forum.search.similar import SimilarQuestion, similar_to
from forum.thread.snapshot import KEPT_THREADS, Stamp

_beside = Shelf(KEPT_THREADS)
_guides = Shelf(KEPT_THREADS)


def guides_beside(head: QuestionHead, stamp: Stamp) -> tuple[GuideRow, ...]:
    """Official guides close to what was asked, looked up again when anything in lists changed."""
    return _guides.fetch((head.id, head.title, stamp.lists), lambda: guides_like(head.title, head.language))


def similar_questions(question_id: int, stamp: Stamp) -> tuple[SimilarQuestion, ...]:
    """Questions like this one, read again when anything in lists changed: what is removed is gone at once."""
    return _beside.fetch((question_id, stamp.lists), lambda: similar_to(question_id))
