"""Reads of private messages: always one's own; of others' only what was reported, by moderators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.queries import Cards, MemberCard, cards
from accounts.members.rules import STAFF
from accounts.messages.models import (
    Conversation,
    ConversationSide,
    Message,
    MessageBlock,
    MessageChoice,
    MessageReport,
)
from accounts.messages.rules import CONTEXT, PAGE_SIZE, Between, ReportReason, pair
from common import clock, text
from common.db import db
from common.lists import Page, keyset, mark, page_of, read_mark
from common.secrecy import Lost

_EXCERPT = 90


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of one's conversations. ``excerpt`` is of the last message, ``lost`` where it cannot be opened; ``mine``
    when I wrote it."""

    other_id: int
    other: MemberCard
    excerpt: str
    lost: bool
    mine: bool
    is_new: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as a page shows it. ``html`` is safe as it is; empty for a removed one, and for one that cannot be
    opened (``lost``)."""

    id: int
    author: MemberCard
    mine: bool
    html: Markup
    removed: bool
    lost: bool
    reported: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report with the message it is about and the few before it."""

    id: int
    reason: ReportReason
    note: str
    reporter: MemberCard
    author: MemberCard
    at: datetime
    messages: tuple[MessageView, ...]
    body: str = ""


# --- between two -------------------------------------------------------------------------------------------------


def between(me: int, member_id: int) -> Between | None:
    """What decides whether I may write to somebody; None when there is no such member."""
    row = db.session.execute(
        select(Member.role, Member.closed_at, Member.suspended_until, MessageChoice.is_open)
        .outerjoin(MessageChoice, MessageChoice.member_id == Member.id)
        .where(Member.id == member_id)
    ).one_or_none()
    if row is None:
        return None
    suspended = row.suspended_until is not None and row.suspended_until > clock.now()
    return Between(
        same=me == member_id,
        receiver_active=row.closed_at is None,
        receiver_staff=row.role in STAFF,
        receiver_open=row.is_open is not False,
        blocked=has_blocked(member_id, me),
        answered=_has_written(member_id, me),
        receiver_suspended=suspended,
    )


def is_unread(member_id: int, other_id: int) -> bool:
    """Whether there is something new from somebody."""
    side = ConversationSide
    query = select(side.last_id > side.read_id).where(side.member_id == member_id, side.other_id == other_id)
    return bool(db.session.scalar(query))


def has_blocked(member_id: int, other_id: int) -> bool:
    """Whether a member hears no more from another."""
    query = select(MessageBlock.member_id).where(
        MessageBlock.member_id == member_id, MessageBlock.blocked_id == other_id
    )
    return db.session.scalar(query) is not None


def not_blocking(member_id: Any, blocked_id: int | None) -> ColumnElement[bool]:
    """The criterion of members who have not blocked this one."""
    block = (MessageBlock.member_id == member_id, MessageBlock.blocked_id == blocked_id)
    return ~exists().where(*block)


def who_blocked(blocked_id: int | None, among: Collection[int]) -> set[int]:
    """Those of these members who want to hear no more from somebody; one statement, none where it is nobody."""
    if blocked_id is None or not among:
        return set()
    query = select(MessageBlock.member_id).where(
        MessageBlock.blocked_id == blocked_id, MessageBlock.member_id.in_(list(among))
    )
    return set(db.session.scalars(query))


def conversation_between(one: int, other: int) -> int | None:
    """The conversation of two members."""
    low, high = pair(one, other)
    return db.session.scalar(
        select(Conversation.id).where(Conversation.low_id == low, Conversation.high_id == high)
    )


def has_received(member_id: int, words: str, author_ids: Collection[int]) -> bool:
    """Whether words stand in what one of these members wrote to this one lately, and nobody has taken away."""
    talks = [conversation_between(member_id, one) for one in author_ids]
    sent = select(Message).where(
        Message.conversation_id.in_([one for one in talks if one is not None]),
        Message.author_id.in_(author_ids),
        Message.removed_at.is_(None),
    )
    newest = db.session.scalars(sent.order_by(Message.id.desc()).limit(_SEARCHED))
    return any(words in message.body for message in newest)


_SEARCHED = 500
"""Messages are sealed: what is looked for is read, one by one."""


def _has_written(author_id: int, to_id: int) -> bool:
    low, high = pair(author_id, to_id)
    query = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.low_id == low, Conversation.high_id == high, Message.author_id == author_id)
        .limit(1)
    )
    return db.session.scalar(query) is not None


def message_of_form(author_id: int, nonce: str) -> int | None:
    """The message that a form made already."""
    return db.session.scalar(select(Message.id).where(Message.author_id == author_id, Message.nonce == nonce))


def is_open(member_id: int) -> bool:
    """Whether a member lets others begin conversations."""
    return (
        db.session.scalar(select(MessageChoice.is_open).where(MessageChoice.member_id == member_id))
        is not False
    )


# --- pages -------------------------------------------------------------------------------------------------------


def unread_count(member_id: int) -> int:
    """Conversations with something new in them."""
    query = select(func.count()).where(
        ConversationSide.member_id == member_id, ConversationSide.last_id > ConversationSide.read_id
    )
    return db.session.scalar(query) or 0


def conversations(member_id: int, after: str = "") -> Page[ConversationRow]:
    """One's conversations, the last moved first."""
    side, last = ConversationSide, aliased(Message)
    query = (
        select(
            side.conversation_id, side.other_id, side.last_at, side.last_id, side.read_id, last.author_id,
            last.removed_at, last.body,
        )
        .join(last, last.id == side.last_id)
        .where(side.member_id == member_id, side.last_id > side.cleared_id)
    )  # fmt: skip
    query = keyset(query, side.last_at, side.conversation_id, after, PAGE_SIZE)
    found = page_of(
        list(db.session.execute(query)), PAGE_SIZE, lambda row: (row.last_at, row.conversation_id)
    )
    people = cards(row.other_id for row in found.items)
    return Page(
        [
            ConversationRow(
                row.other_id,
                people[row.other_id],
                "" if row.removed_at else text.excerpt(row.body, _EXCERPT),
                isinstance(row.body, Lost),
                row.author_id == member_id,
                row.last_id > row.read_id,
                row.last_at,
            )
            for row in found.items
        ],
        found.next,
    )


def messages_with(member_id: int, other_id: int, before: str = "") -> Page[MessageView]:
    """A part of one's conversation with somebody, newest last; ``next`` leads to what was written earlier."""
    side = ConversationSide
    query = (
        select(Message, MessageReport.id.label("report_id"))
        .join(side, side.conversation_id == Message.conversation_id)
        .outerjoin(MessageReport, MessageReport.message_id == Message.id)
        .where(side.member_id == member_id, side.other_id == other_id, Message.id > side.cleared_id)
        .order_by(Message.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    at = read_mark(before)
    if at:
        query = query.where(Message.id < at[1])
    rows = list(db.session.execute(query))
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    people = cards({member_id, other_id})
    views = [_view(row[0], people[row[0].author_id], member_id, row.report_id) for row in reversed(rows)]
    return Page(views, mark(0, rows[-1][0].id) if more else None)


def _view(message: Message, author: MemberCard, reader_id: int | None, report_id: int | None) -> MessageView:
    lost = message.removed_at is None and isinstance(message.body_html, Lost)
    removed = message.removed_at is not None or not (lost or message.body_html)
    html = Markup("" if removed else message.body_html)  # noqa: S704 - rendered and cleaned when it was written
    return MessageView(
        message.id,
        author,
        message.author_id == reader_id,
        html,
        removed,
        lost,
        report_id is not None,
        message.sent_at,
    )


# --- what moderators read ----------------------------------------------------------------------------------------


def report_of(report_id: int) -> ReportView | None:
    """A report with the reported message and the few before it; None when it is gone."""
    report = db.session.get(MessageReport, report_id, populate_existing=True)
    reported = db.session.get(Message, report.message_id, populate_existing=True) if report else None
    if report is None or reported is None:
        return None
    nearest = (
        select(Message)
        .where(Message.conversation_id == reported.conversation_id, Message.id <= reported.id)
        .order_by(Message.id.desc())
        .limit(CONTEXT + 1)
    )
    messages = list(db.session.scalars(nearest))[::-1]
    people = cards({report.reporter_id, *(one.author_id for one in messages)})
    return _report_view(report, messages, people)


def bodies_of(report_ids: Collection[int]) -> dict[int, str]:
    """The reported messages of these reports, as they were written."""
    query = select(MessageReport.id, Message.body).join(Message, Message.id == MessageReport.message_id)
    return dict(db.session.execute(query.where(MessageReport.id.in_(report_ids))).tuples().all())


def _report_view(report: MessageReport, messages: list[Message], people: Cards) -> ReportView:
    """``messages``: the reported one last."""
    reported = messages[-1]
    return ReportView(
        report.id, report.reason, report.note, people[report.reporter_id], people[reported.author_id],
        report.created_at,
        tuple(
            _view(message, people[message.author_id], None, report.id if message is reported else None)
            for message in messages
        ),
        reported.body,
    )  # fmt: skip
