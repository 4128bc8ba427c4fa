"""The machine looks at what newcomers say of themselves: what a filter notices waits for a person, and stays as it is until then."""

from __future__ import annotations

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
from moderation.review import numbers
from moderation.review.queueing import open_item
from moderation.review.rules import FoundBy, ItemType, item_class
from moderation.screening import screener
from moderation.screening.chain import of_profile


def look(member_id: int, parts: tuple[str, ...]) -> int | None:
    """Queue a profile for what is new in it, inside the open unit of work; returns the item, if a filter noticed something
    (domain/moderation.md §B5). Harmless to repeat."""
    member = db.session.get(Member, member_id, populate_existing=True)
    if member is None or member.closed_at is not None or member.role in STAFF:
        return None
    words = "\n".join(getattr(member, part) or "" for part in parts)
    signals = of_profile(words, member.rank, screener.lists(), numbers.screen_numbers())
    if not signals:
        return None
    return open_item(
        ItemType.PROFILE, member_id, author_id=member_id, signals=signals, found_by=(FoundBy.MACHINE,),
        klass=item_class(ItemType.PROFILE, urgent="danger" in signals),
    )  # fmt: skip
