"""What the question page says about who is answering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common import i18n
from forum.claims.permissions import can_claim
from forum.questions.rules import PostKind
from forum.thread.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Answering:
    """``state`` is own, other or free (the reader may say it)."""

    state: str
    name: str = ""
    until: str = ""


def answering_of(reading: Reading) -> Answering | None:
    """For the page's template; None where there is nothing to say or to press."""
    claim, head = reading.own.claim, _as_question(reading.thread.head)
    if claim:
        own = claim.member_id == reading.actor.member_id
        until = i18n.local(claim.until_at).strftime("%H:%M")
        return Answering("own" if own else "other", claim.name, until)
    if not reading.answers or head.state != "published" or head.solved or _has_answered(reading):
        return None
    return Answering("free") if can_claim(reading.actor, head) else None


def _has_answered(reading: Reading) -> bool:
    """Whether an answer of the reader stands on this page: nobody is asked to announce what is done."""
    return any(
        reading.actor.ids & {post.author_id} for post in reading.thread.posts if post.kind == PostKind.ANSWER
    )


def _as_question(head: Any) -> Any:
    """A head has the names of a question that permissions ask for."""
    return head
