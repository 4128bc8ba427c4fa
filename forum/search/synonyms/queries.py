"""Reads of synonyms for the desk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.lists import Page, keyset, page_of
from forum.search.synonyms.models import SynonymEntry, SynonymGroup

SIZE = 25


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group as the desk shows it."""

    id: int
    language: str
    version: int
    entries: tuple[str, ...]
    changed_at: datetime
    changed_by: MemberCard

    @property
    def typed(self) -> str:
        """The entries as they are typed."""
        return ", ".join(self.entries)


def groups(language: str, words: str = "", after: str = "") -> Page[GroupLine]:
    """Groups of a language (all when none is named), the last changed first; ``words`` narrows to entries with them."""
    query = select(SynonymGroup)
    if language:
        query = query.where(SynonymGroup.language == language)
    if words:
        held = select(SynonymEntry.group_id).where(
            func.lower(SynonymEntry.text).contains(words.lower(), autoescape=True)
        )
        query = query.where(SynonymGroup.id.in_(held))
    rows = list(db.session.scalars(keyset(query, SynonymGroup.changed_at, SynonymGroup.id, after, SIZE)))
    page = page_of(rows, SIZE, lambda row: (row.changed_at, row.id))
    entries: dict[int, list[str]] = defaultdict(list)
    ids = [row.id for row in page.items]
    found = select(SynonymEntry.group_id, SynonymEntry.text).where(SynonymEntry.group_id.in_(ids))
    for group_id, text in db.session.execute(found.order_by(SynonymEntry.position, SynonymEntry.id)):
        entries[group_id].append(text)
    people = cards({row.changed_by_id for row in page.items})
    lines = [
        GroupLine(
            row.id,
            row.language,
            row.version,
            tuple(entries[row.id]),
            row.changed_at,
            people[row.changed_by_id],
        )
        for row in page.items
    ]
    return Page(lines, page.next)


def counts() -> dict[str, int]:
    """How many groups each language has."""
    query = select(SynonymGroup.language, func.count()).group_by(SynonymGroup.language)
    return dict(db.session.execute(query).tuples().all())
