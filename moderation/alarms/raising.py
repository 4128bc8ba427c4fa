"""Nothing waits unseen (domain/moderation.md §B1, §B2.2): danger is called out at once, and what has waited beyond the
time of its class is told to managers, again and again until somebody decides. An item is never dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from accounts.members.models import Member
from accounts.members.rules import Role
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell_many
from common import audit, clock, settings
from common.db import db, update_where
from common.i18n import Sentence, _, n_
from common.permissions import SYSTEM
from common.unit_of_work import record, unit_of_work
from forum.questions.models import Question
from moderation.duty.queries import on_duty
from moderation.escalation.casework import lead_ids
from moderation.events import ItemLate
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemType

settings.define(
    "moderation.alarm_again_hours", 4, unit=_("hours"), low=1, high=168,
    help=_("How long after an alarm about a late item the next one is raised, as long as nobody decides."),
)  # fmt: skip
_EVERYBODY = 200
_AT_ONCE = 500
"""Items one sweep raises; the next one, a minute later, goes on."""


def register_kinds() -> None:
    """Make the alarms known; called once by the package."""
    common: dict[str, Any] = {"always": True, "event": "account", "is_content": False, "urgent": True}
    button = _("Open the queue")
    register(Kind("review-urgent", _urgent_sentence, _to_item, button=_("Read it now"), **common))
    register(Kind("review-late", _late_sentence, lambda _p: ("review.queue", {}), button=button, **common))


def _to_item(params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "review.item", {"id": params["item_id"]}


def _urgent_sentence(params: dict[str, Any]) -> Sentence:
    return _(
        "#R-%(id)s may be about danger, the law or private data. Please read it now.", id=params["item_id"]
    )


def _late_sentence(params: dict[str, Any]) -> Sentence:
    late = params["late"]
    return n_("%(count)s item of the queue is late.", "%(count)s items of the queue are late.", late)


def call_out(item_id: int) -> None:
    """An item of the first class came in, or became one: who is on duty there and managers hear of it, at night as well.

    Where nobody is on duty, every moderator of the whole does.
    """
    called = {*(on_duty(_category_of(item_id)) or _moderators()), *lead_ids()}
    news = {member_id: {"item_id": item_id} for member_id in sorted(called)}
    tell_many(news, "review-urgent", f"review:{item_id}")


def sound() -> int:
    """Raise what has waited beyond its time: a fact and a line in the log for each item, one notice for managers.

    Returns how many. Raised again after some hours, until it is decided.
    """
    again = timedelta(hours=settings.get("moderation.alarm_again_hours"))
    with unit_of_work():
        at = clock.now()
        quiet = or_(ReviewItem.alarmed_at.is_(None), ReviewItem.alarmed_at <= at - again)
        late = (
            ReviewItem.open_key.is_not(None),
            ReviewItem.kind != ItemType.AUDIT,
            ReviewItem.due_at < at,
            quiet,
        )
        rows = db.session.execute(
            select(ReviewItem.id, ReviewItem.klass)
            .where(*late)
            .order_by(ReviewItem.klass, ReviewItem.due_at)
            .limit(_AT_ONCE)
        ).all()
        raised = [
            row for row in rows if update_where(ReviewItem, ReviewItem.id == row.id, *late, alarmed_at=at)
        ]
        for row in raised:
            audit.write(SYSTEM, "review.late", "review_item", row.id)
            record(ItemLate(row.id, row.klass))
        if raised:
            news = {member_id: {"late": len(raised)} for member_id in lead_ids()}
            tell_many(news, "review-late", f"review-late:{int(at.timestamp())}")
    return len(raised)


def _category_of(item_id: int) -> int | None:
    """Where the thread of an item stands now; a profile or a message has no place."""
    thread = Question.__table__
    return db.session.scalar(
        select(func.coalesce(thread.c.category_id, ReviewItem.category_id))
        .outerjoin(thread, thread.c.id == ReviewItem.question_id)
        .where(ReviewItem.id == item_id)
    )


def _moderators() -> list[int]:
    whole = (Member.role == Role.MODERATOR, Member.is_limited.is_(False), Member.closed_at.is_(None))
    return list(db.session.scalars(select(Member.id).where(*whole).limit(_EVERYBODY)))
