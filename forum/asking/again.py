"""Asking once more about something that was settled long ago: a new question, linked to the old one by itself.

Source: domain/escalation.md §C1.1 (solved: reopened within 30 days; later a new linked question).
"""

from __future__ import annotations

from common import freshness
from common.db import insert_once
from common.errors import Refusal
from common.permissions import Actor
from forum.questions.models import PostLink, Question
from forum.questions.rules import LinkKind
from forum.questions.writing import published_question


def earlier_question(actor: Actor, about_id: int | None) -> Question | None:
    """The asker's own earlier question that the new one is about; None for one of somebody else, or that is gone.

    One asked under a mask is not linked: the link would say whose it is.
    """
    if about_id is None:
        return None
    try:
        question = published_question(actor, about_id)
    except Refusal:
        return None
    return question if question.author_id == actor.member_id else None


def link_to_own(actor: Actor, question_id: int, about_id: int | None) -> bool:
    """The new question names the old one and the other way round, inside the open unit of work. True when that is new."""
    earlier = earlier_question(actor, about_id)
    if earlier is None or earlier.id == question_id:
        return False
    earlier_id = earlier.id
    row = {"question_id": question_id, "linked_id": earlier_id, "kind": LinkKind.RELATED.value}
    if insert_once(PostLink, **row) is None:
        return False
    freshness.touch(f"question:{question_id}", f"question:{earlier_id}")
    return True
