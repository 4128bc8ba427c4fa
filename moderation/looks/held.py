"""What waits in the category of a mentor's mandate: read and decided like at the desk, with less said of people.

The same verbs decide; the right is looked for in their own statement (`delegation.scope`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common import clock, limits, settings, text
from common.db import db
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from moderation.looks.permissions import can_decide_held
from moderation.review import deciding, leasing, undoing
from moderation.review.leasing import is_waiting, queue_order, servable
from moderation.review.models import ReviewItem
from moderation.review.permissions import free_of_conflict
from moderation.review.rules import Decision, ItemType, Reason, Taken
from moderation.review.showing import shown

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Held:
    """An item of the mandate. ``stamp`` is the version that was shown."""

    id: int
    stamp: str
    is_held: bool
    title: str
    html: Markup
    author: MemberCard
    at: datetime
    due_at: datetime
    language: str


def waiting(actor: Actor) -> list[Held]:
    """The most pressing ones that nobody has in hand. A bounded number of statements."""
    require(can_decide_held(actor))
    at = clock.now()
    query = select(ReviewItem).where(servable(actor, at)).order_by(*queue_order(at)).limit(SHOWN)
    rows = [found for item in db.session.scalars(query) if (found := _held(item)) is not None]
    return rows


def waiting_count(actor: Actor) -> int:
    """How many there are, up to a hundred."""
    query = select(ReviewItem.id).where(is_waiting(), free_of_conflict(actor)).limit(100)
    return len(list(db.session.scalars(query)))


def decide(
    actor: Actor, item_id: int, stamp: str, decision: Decision, reason: Reason | None, message: str
) -> None:
    """Approve or refuse. Raises Forbidden, Conflict (somebody has it, it changed), Invalid (reason), TooMany."""
    require(can_decide_held(actor))
    with unit_of_work():
        limits.hit("entrusted", actor.member_id or 0, f"{settings.get('moderation.entrusted_a_day')}/day")
        deciding.hold_text(item_id)
        token = leasing.claim(actor, item_id).token
        verdict = deciding.Verdict(decision, reason, message)
        deciding.decide(actor, item_id, token, stamp, verdict, Taken.AT_ONCE)


def undo(actor: Actor, item_id: int) -> int:
    """Take back one's own decision within some seconds, by the verb of the desk; returns the item that waits instead."""
    require(can_decide_held(actor))
    return undoing.undo(actor, item_id)


def choices(is_held: bool) -> tuple[Decision, Decision]:
    """Yes and no for a text that waits, or that is published."""
    return (Decision.APPROVE, Decision.REJECT) if is_held else (Decision.APPROVE, Decision.REMOVE)


def _held(item: ReviewItem) -> Held | None:
    seen, post = shown(item), db.session.get(Post, item.post_id) if item.post_id else None
    if seen is None or post is None:
        return None
    question = db.session.get_one(Question, post.thread_id)
    card = cards([post.author_id])[post.author_id]
    return Held(
        item.id, seen.stamp, item.kind != ItemType.SAMPLE, question.title, Markup(text.render(seen.body)), card,  # noqa: S704 - rendered just now
        item.created_at, item.due_at, item.language,
    )  # fmt: skip
