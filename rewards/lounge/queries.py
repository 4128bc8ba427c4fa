"""Reads of the lounge, for those who may read it: every one of them asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import NotFound
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from rewards.lounge.models import LoungeMessage, LoungeTopic
from rewards.lounge.permissions import can_read
from rewards.lounge.rules import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in the list."""

    id: int
    title: str
    is_news: bool
    author: MemberCard
    last_at: datetime
    reply_count: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as the page shows it. ``html`` is safe as it is."""

    id: int
    author: MemberCard
    html: Markup
    at: datetime
    removed: bool
    own: bool


def topics(actor: Actor, after: str = "", size: int = PAGE_SIZE) -> Page[TopicRow]:
    """Topics, the last written in first. Two queries."""
    require(can_read(actor))
    query = select(
        LoungeTopic.id, LoungeTopic.title, LoungeTopic.is_news, LoungeTopic.author_id, LoungeTopic.last_at,
        LoungeTopic.reply_count,
    )  # fmt: skip
    found = list(db.session.execute(keyset(query, LoungeTopic.last_at, LoungeTopic.id, after, size)))
    page = page_of(found, size, lambda row: (row.last_at, row.id))
    known = cards(row.author_id for row in page.items)
    rows = [
        TopicRow(row.id, row.title, row.is_news, known[row.author_id], row.last_at, row.reply_count)
        for row in page.items
    ]
    return Page(rows, page.next)


def topic(actor: Actor, topic_id: int) -> TopicRow:
    """One topic. Raises NotFound."""
    require(can_read(actor))
    row = db.session.get(LoungeTopic, topic_id)
    if row is None:
        raise NotFound()
    card = cards([row.author_id])[row.author_id]
    return TopicRow(row.id, row.title, row.is_news, card, row.last_at, row.reply_count)


def messages(actor: Actor, topic_id: int, before: str = "") -> Page[MessageRow]:
    """The last messages of a topic in the order they were written; ``next`` leads to earlier ones. Two queries."""
    require(can_read(actor))
    query = select(LoungeMessage).where(LoungeMessage.topic_id == topic_id)
    found = list(
        db.session.scalars(keyset(query, LoungeMessage.written_at, LoungeMessage.id, before, PAGE_SIZE))
    )
    page = page_of(found, PAGE_SIZE, lambda row: (row.written_at, row.id))
    known = cards(row.author_id for row in page.items)
    rows = [
        MessageRow(
            row.id, known[row.author_id], Markup(row.body_html), row.written_at, row.removed_at is not None,  # noqa: S704 - rendered and cleaned at write time
            row.author_id == actor.member_id,
        )
        for row in reversed(page.items)
    ]  # fmt: skip
    return Page(rows, page.next)


def is_said(actor: Actor, words: str) -> bool:
    """Whether words stand in a message that is there, for whoever reads the lounge."""
    said = select(LoungeMessage.id).where(LoungeMessage.body.contains(words, autoescape=True)).limit(1)
    return bool(can_read(actor)) and db.session.scalar(said) is not None
