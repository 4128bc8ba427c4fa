"""What the desk sees of the help centre: the articles, the last reading of the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from common.config import current_config
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.content.helpcentre import fetching
from forum.content.helpcentre.models import HelpArticle, HelpFeed
from forum.content.helpcentre.permissions import can_see_help_centre
from forum.content.helpcentre.rules import Source

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One line of the desk's list."""

    id: int
    key: str
    title: str
    url: str
    language: str
    source: Source
    updated_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None


def page(actor: Actor, after: str = "", withdrawn: bool = False) -> Page[ArticleLine]:
    """Articles, the last changed first; or those that are gone. Raises Forbidden."""
    require(can_see_help_centre(actor))
    query = select(
        HelpArticle.id, HelpArticle.key, HelpArticle.title, HelpArticle.url, HelpArticle.language, HelpArticle.source,
        HelpArticle.updated_at, HelpArticle.changed_at, HelpArticle.withdrawn_at,
    )  # fmt: skip
    gone = HelpArticle.withdrawn_at
    query = query.where(gone.is_not(None) if withdrawn else gone.is_(None))
    query = keyset(query, HelpArticle.changed_at, HelpArticle.id, after, PAGE_SIZE)
    found = page_of(list(db.session.execute(query)), PAGE_SIZE, lambda row: (row.changed_at, row.id))
    return Page([ArticleLine(*row) for row in found.items], found.next)


def feed() -> tuple[str, HelpFeed | None]:
    """The address of the feed without what may be secret in it, and what became of reading it; empty without a feed."""
    address = current_config().help_feed
    return (address.partition("?")[0], fetching.state(address)) if address else ("", None)
