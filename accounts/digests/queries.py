"""What a member's next digest would hold now: nothing is written, nothing is marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.digests import sections
from accounts.digests.building import earlier_of
from accounts.digests.letters import parts_of, waiting_news
from accounts.digests.sections import Reader
from accounts.notifications.listening import hours_of
from accounts.notifications.rules import Rhythm, digest_due
from common import clock
from common.mail import Part


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as it would be now. ``due_at`` is None for who gets no digest."""

    parts: tuple[Part, ...]
    due_at: datetime | None
    rhythm: Rhythm


def preview(member_id: int, language: str) -> Preview:
    """What waits for this member, and what would be suggested."""
    hours = hours_of(member_id)
    reader = Reader(member_id, language, earlier_of([member_id]).get(member_id, {}))
    chosen = sections.choose([reader]).get(member_id, {})
    parts = parts_of(waiting_news(member_id, due_only=False), chosen, language)
    return Preview(parts, digest_due(hours.rhythm, clock.now(), hours.zone, hours.night), hours.rhythm)
