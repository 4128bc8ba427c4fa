"""Reads of decisions about many: what a filter finds, what waits for a second person, what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from accounts.members.queries import MemberCard, cards
from common import clock, text
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from moderation.audits.seeing import one_s_own
from moderation.bulk.choosing import Filter, Found, found
from moderation.bulk.models import Bulk, BulkItem
from moderation.bulk.permissions import can_cancel, can_confirm, can_see_bulk, can_take_back
from moderation.bulk.proposing import load
from moderation.bulk.rules import EXAMPLES, PASSED, BulkState, By, Outcome, is_open
from moderation.delegation.scope import in_scope
from moderation.review import numbers
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_bulk
from moderation.review.rules import ItemType, undo_open
from moderation.review.showing import stamps_of, titles_of

SHOWN = 20
PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True)
class Line:
    """An item among many: what it is, and what became of it where something has."""

    id: int
    kind: ItemType
    post_kind: str
    title: str
    excerpt: str
    language: str
    signals: tuple[str, ...]
    created_at: datetime
    outcome: Outcome = Outcome.WAITING


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be decided: the items in the versions of now, and some of them to read."""

    found: Found
    stamps: dict[int, str]
    examples: list[Line]
    about: MemberCard | None


@dataclass(frozen=True, slots=True)
class Row:
    """A go in the list."""

    bulk: Bulk
    author: MemberCard
    second: MemberCard | None
    about: MemberCard | None
    is_open: bool
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class View:
    """One go with what became of its items."""

    row: Row
    counts: dict[Outcome, int]
    settled: int
    passed: list[Line]
    examples: list[Line]
    may_cancel: bool
    may_undo: bool


def preview(actor: Actor, chosen: Filter) -> Preview:
    """What a filter finds now. Looking changes nothing."""
    require(can_bulk(actor))
    these = found(actor, chosen)
    stamps = stamps_of(these.ids)
    return Preview(these, stamps, _lines(actor, list(stamps)[:EXAMPLES]), _about(chosen.by, chosen.value))


def of_ids(actor: Actor, ids: list[int]) -> dict[int, str]:
    """The versions that ticked items show now."""
    require(can_bulk(actor))
    return stamps_of(ids)


def goes(actor: Actor, after: str | None) -> Page[Row]:
    """What was decided about many, the newest first; what waits for a second person stands at the top of its own list."""
    require(can_bulk(actor))
    query = select(Bulk)
    if not actor.can_moderate:
        query = query.where(Bulk.author_id == actor.member_id)
    rows = list(db.session.scalars(keyset(query, Bulk.begun_at, Bulk.id, after, SHOWN)))
    page = page_of(rows, SHOWN, lambda one: (one.begun_at, one.id))
    return Page(_rows(actor, page.items), page.next)


def proposals(actor: Actor) -> list[Row]:
    """What waits for a second person."""
    require(can_bulk(actor))
    query = select(Bulk).where(*_proposed(actor)).order_by(Bulk.expires_at, Bulk.id).limit(SHOWN)
    return _rows(actor, list(db.session.scalars(query)))


def count_proposed(actor: Actor) -> Select[Any]:
    """How many of these there are, as a statement."""
    return select(func.count(Bulk.id)).where(*_proposed(actor))


def _proposed(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    mine = true() if actor.can_moderate else Bulk.author_id == actor.member_id
    return Bulk.state == BulkState.PROPOSED, Bulk.expires_at > clock.now(), mine


def one(actor: Actor, bulk_id: int) -> View:
    """One go. A number of statements that does not grow with its items."""
    require(can_bulk(actor))
    bulk = load(bulk_id)
    require(can_see_bulk(actor, bulk))
    made = dict(
        db.session.execute(
            select(BulkItem.item_id, BulkItem.outcome).where(BulkItem.bulk_id == bulk_id)
        ).all()
    )
    counts = {outcome: list(made.values()).count(outcome) for outcome in Outcome if outcome in made.values()}
    passed = sorted(item_id for item_id, outcome in made.items() if outcome in PASSED)
    waiting = sorted(item_id for item_id, outcome in made.items() if outcome == Outcome.WAITING)
    shown = {line.id: line for line in _lines(actor, [*passed, *waiting[:EXAMPLES]], made)}
    at, ends = clock.now(), bulk.ended_at or clock.now()
    lease = numbers.lease_numbers()
    fresh = bulk.state in (BulkState.RUNNING, BulkState.DONE, BulkState.STOPPED) and undo_open(
        ends, at, lease
    )
    live = bulk.state is BulkState.RUNNING or is_open(bulk.state, bulk.expires_at, at)
    return View(
        _rows(actor, [bulk])[0], counts, bulk.item_count - counts.get(Outcome.WAITING, 0),
        [shown[item_id] for item_id in passed if item_id in shown],
        [shown[item_id] for item_id in waiting[:EXAMPLES] if item_id in shown],
        live and bool(can_cancel(actor, bulk)),
        fresh and counts.get(Outcome.DECIDED, 0) > 0 and bool(can_take_back(actor, bulk)),
    )  # fmt: skip


def _rows(actor: Actor, bulks: list[Bulk]) -> list[Row]:
    about = {one.id: int(one.value) for one in bulks if one.by is By.AUTHOR and one.value.isdigit()}
    people = cards(
        {*about.values(), *(one.author_id for one in bulks), *(one.confirmed_by_id for one in bulks)}
    )
    at = clock.now()
    return [
        Row(
            one, people[one.author_id], people[one.confirmed_by_id] if one.confirmed_by_id else None,
            people[about[one.id]] if one.id in about else None, (live := is_open(one.state, one.expires_at, at)),
            live and bool(can_confirm(actor, one)),
        )
        for one in bulks
    ]  # fmt: skip


def _about(by: By, value: str) -> MemberCard | None:
    return cards([int(value)])[int(value)] if by is By.AUTHOR else None


def _lines(actor: Actor, ids: list[int], outcomes: dict[int, Outcome] | None = None) -> list[Line]:
    """These items as this person may read them: none of a part that is not theirs (any more), no words that were taken back."""
    rows = db.session.execute(
        select(
            ReviewItem, Post.kind.label("post_kind"), Post.state.label("post_state"),
            func.substr(Post.body, 1, 600).label("body"),
        )
        .outerjoin(Post, Post.id == ReviewItem.post_id)
        .where(ReviewItem.id.in_(ids), in_scope(actor), one_s_own(actor))
        .order_by(ReviewItem.id)
    ).all()  # fmt: skip
    kept = [row.ReviewItem for row in rows if row.post_state != PostState.WITHDRAWN]
    titles = titles_of({item.question_id or item.post_id for item in kept})
    readable = {item.id for item in kept}
    lines = []
    for row in rows:
        item = row.ReviewItem
        lines.append(
            Line(
                item.id, item.seen_as, PostKind(row.post_kind).value if row.post_kind else "",
                titles.get(item.question_id or item.post_id or 0, "") if item.id in readable else "",
                text.excerpt(text.plain_from_markdown(row.body or ""), 160) if item.id in readable else "", item.language, tuple(item.signals),
                item.created_at, (outcomes or {}).get(item.id, Outcome.WAITING),
            )
        )  # fmt: skip
    return lines
