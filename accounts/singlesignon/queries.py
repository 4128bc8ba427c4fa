"""Which accounts of the brand are connected to a member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.singlesignon.models import Identity
from accounts.singlesignon.permissions import can_see_facts
from accounts.singlesignon.providers import Provider, all_providers, label_of
from common.db import db
from common.permissions import Actor

MOST = 20


@dataclass(frozen=True, slots=True)
class Connection:
    """One of them. ``facts`` are empty for everybody but the team."""

    id: int
    provider: str
    label: str
    email: str
    begun_at: datetime
    used_at: datetime
    facts: Mapping[str, Any]


def connections_of(member_id: int, reader: Actor) -> list[Connection]:
    """The connections of a member, the oldest first, as ``reader`` may see them: the member's own, or the team."""
    open_to = can_see_facts(reader)
    if not open_to and reader.member_id != member_id:
        return []
    rows = db.session.scalars(
        select(Identity).where(Identity.member_id == member_id).order_by(Identity.id).limit(MOST)
    )
    return [
        Connection(
            row.id, row.provider, label_of(row.provider), row.email, row.begun_at, row.used_at,
            row.facts if open_to else {},
        )
        for row in rows
    ]  # fmt: skip


def buttons() -> list[Provider]:
    """The ways in that begin on our pages."""
    return [provider for provider in all_providers() if provider.has_button]
