"""Reads of the log, for its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select

from accounts.identity.models import LegalAccess, LegalAccessEntry
from accounts.members.queries import Cards, cards
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor

SIZE = 50


class Shown(NamedTuple):
    """A page of requests with the lines of the log, and who acted."""

    page: Page[LegalAccess]
    lines: Mapping[int, list[LegalAccessEntry]]
    people: Cards


def requests(actor: Actor, after: str | None) -> Shown:
    """Requests, the newest first: all of them for administrators, their own for managers. Three statements."""
    query = (
        select(LegalAccess)
        if actor.is_admin
        else select(LegalAccess).where(LegalAccess.asked_by_id == actor.member_id)
    )
    rows = list(db.session.scalars(keyset(query, LegalAccess.asked_at, LegalAccess.id, after, SIZE)))
    page = page_of(rows, SIZE, lambda row: (row.asked_at, row.id))
    entries = select(LegalAccessEntry).where(LegalAccessEntry.access_id.in_([row.id for row in page.items]))
    lines: dict[int, list[LegalAccessEntry]] = {}
    for entry in db.session.scalars(entries.order_by(LegalAccessEntry.id)):
        lines.setdefault(entry.access_id, []).append(entry)
    return Shown(page, lines, cards({entry.actor_id for some in lines.values() for entry in some}))
