"""What stands beside a thread: guides, people and questions like it, kept until anything in lists changes."""

from __future__ import annotations

from typing import NamedTuple

from common.freshness import Shelf
from forum.content.guides.queries import GuideRow, guides_like
from forum.members.knowing import who_knows
from forum.members.queries import Expert
from forum.questions.queries import QuestionHead
from forum.search.similar import SimilarQuestion, similar_to
from forum.thread.snapshot import KEPT_THREADS, Stamp

_beside = Shelf(KEPT_THREADS)
_guides = Shelf(KEPT_THREADS)


class Beside(NamedTuple):
    """Official guides close to what was asked, questions like it, and members who know its topic."""

    guides: tuple[GuideRow, ...]
    similar: tuple[SimilarQuestion, ...]
    knowing: tuple[Expert, ...]


def beside(head: QuestionHead, stamp: Stamp) -> Beside:
    """Looked up again when anything in lists changed: what is removed is gone at once."""
    guides = (head.id, head.title, stamp.lists)
    return Beside(
        _guides.fetch(guides, lambda: guides_like(head.title, head.language)),
        _beside.fetch((head.id, stamp.lists), lambda: similar_to(head.id)),
        who_knows(head.category_id, stamp.lists),
    )
