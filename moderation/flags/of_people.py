"""What a decision of the queue does to a profile, a private message or a guide, and to who reported it; and its way back.

One place for the three moments (decided, undone, overturned), so that the queue needs not know the three apart.
"""

from __future__ import annotations

from sqlalchemy import select

from accounts.messages import reporting as messages
from accounts.messages.models import MessageReport
from common.db import db
from common.permissions import SYSTEM, Actor
from forum.content.guides import writing as guides
from moderation.flags import misuse
from moderation.legal_notices import settling as legal
from moderation.legal_notices.rules import SUBJECTS, NoticeOutcome, Place
from moderation.profile_reports import reporting as profiles
from moderation.profile_reports.models import ProfileReport
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemType


def settle(
    actor: Actor, item: ReviewItem, restricted: bool, parts: tuple[str, ...], statement_id: int | None
) -> None:
    """A moderator decided, inside the open unit of work."""
    item_id, target_id, kind = item.id, item.target_id, ItemType(item.kind)
    if kind == ItemType.PROFILE:
        profiles.settle(actor, item_id, target_id, parts if restricted else None, statement_id)
    elif kind == ItemType.MESSAGE:
        messages.settle(actor, target_id, restricted)
    elif restricted:
        guides.take_down(actor, target_id, f"#R-{item_id}")
    if kind in SUBJECTS:
        outcome = NoticeOutcome.RESTRICTED if restricted else NoticeOutcome.KEPT
        legal.settle(Place(SUBJECTS[kind], target_id), item_id, outcome)
    if not restricted:
        for reporter_id in _reporters(kind, item_id, target_id):
            misuse.look_later(reporter_id, item_id)


def reopen(item: ReviewItem) -> None:
    """The decision was undone, inside the open unit of work."""
    if item.kind == ItemType.PROFILE:
        profiles.reopen(item.id)
    elif item.kind == ItemType.MESSAGE:
        messages.reopen(item.target_id)
    elif item.kind == ItemType.GUIDE:
        guides.put_back(SYSTEM, item.target_id)


def overturn(item_id: int, statement_id: int) -> None:
    """The decision was overturned on appeal, inside the open unit of work."""
    profiles.put_back(statement_id)
    item = db.session.get(ReviewItem, item_id)
    if item is not None and item.kind == ItemType.MESSAGE:
        messages.overturn(item.target_id)
    elif item is not None and item.kind == ItemType.GUIDE:
        guides.put_back(SYSTEM, item.target_id)


def tell(item: ReviewItem) -> None:
    """Who reported hears what was decided. Harmless to repeat."""
    if item.kind == ItemType.PROFILE:
        profiles.tell_reporters(item.id)
    elif item.kind == ItemType.MESSAGE:
        messages.tell_reporter(item.target_id)


def _reporters(kind: ItemType, item_id: int, target_id: int) -> list[int]:
    if kind == ItemType.GUIDE:
        return []
    query = (
        select(ProfileReport.reporter_id).where(ProfileReport.item_id == item_id)
        if kind == ItemType.PROFILE
        else select(MessageReport.reporter_id).where(MessageReport.id == target_id)
    )
    return list(db.session.scalars(query))
