"""What enters the queue, what it becomes when more happens to it, and what leaves it without a decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, func, or_, select

from accounts.masks.queries import person_behind
from common import clock, settings
from common.db import db, insert_once, update_where
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum.categories.models import Category
from forum.questions.models import PendingEdit, Post, Question
from forum.questions.rules import PostState
from moderation.alarms import raising
from moderation.delegation import scope
from moderation.delegation.rules import Right
from moderation.events import ItemOpened
from moderation.review import numbers
from moderation.review.models import UNLEASED, DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.permissions import can_review
from moderation.review.rules import (
    AGED_SHARE,
    HELD_TEXTS,
    Decision,
    FoundBy,
    ItemState,
    ItemType,
    aged_at,
    clears_version,
    due_at,
    item_class,
    key_of,
    raised_class,
)  # fmt: skip
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import Measure
from moderation.screening.policy_rules import sampled

LIVE = (ItemState.OPEN, ItemState.LEASED)
OF_VERSIONS = (*HELD_TEXTS, ItemType.FLAG_CASE, ItemType.SAMPLE)
ABOUT_POSTS = (*OF_VERSIONS, ItemType.EDIT)


def open_item(
    kind: ItemType,
    target_id: int,
    *,
    post: Post | None = None,
    signals: tuple[str, ...] = (),
    found_by: Iterable[str] = (),
    klass: int | None = None,
    score: float = 0.0,
    version: int | None = None,
    previous_id: int | None = None,
    excluded_id: int | None = None,
    author_id: int | None = None,
    created_at: datetime | None = None,
) -> int:
    """Have something reviewed, inside the open unit of work; returns the item's id. ``found_by``: who noticed what the signals
    say (`FoundBy`).

    What waits already gains the signals and their finders, the higher class and the newer version, and loses its lease; who decided before
    does not decide the second look, though a report made one wait meanwhile.
    """
    klass = item_class(kind) if klass is None else klass
    finders = list(dict.fromkeys(found_by))
    began, sla = created_at or clock.now(), numbers.sla_minutes(kind)
    question = db.session.get(Question, post.thread_id) if post is not None else None
    key = key_of(kind, target_id)
    wrote = author_id if author_id is not None or post is None else post.author_id
    version = version if version is not None else (post.version if post is not None else 1)
    item_id = insert_once(
        ReviewItem, kind=kind, target_id=target_id, target_version=version, open_key=key,
        post_id=post.id if post is not None else None, question_id=question.id if question is not None else None,
        category_id=getattr(question or post, "category_id", None),
        author_id=person_behind(wrote),
        klass=klass, signals=list(signals), found_by=finders, score=score, language=post.language if post is not None else "fr",
        created_at=began, due_at=due_at(klass, began, sla), aged_at=aged_at(klass, began, sla),
        previous_id=previous_id, excluded_id=excluded_id,
    )  # fmt: skip
    if item_id is None:
        return _grow(kind, key, klass, signals, finders, score, version, excluded_id)
    record(ItemOpened(item_id, kind.value))
    if klass == 0:
        raising.call_out(item_id)
    return item_id


def _grow(
    kind: ItemType, key: str, klass: int, signals: tuple[str, ...], finders: list[str], score: float, version: int,
    excluded_id: int | None,
) -> int:  # fmt: skip
    item = db.session.scalars(
        select(ReviewItem)
        .where(ReviewItem.open_key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    values: dict = {
        "signals": list(dict.fromkeys((*item.signals, *signals))),
        "found_by": list(dict.fromkeys((*item.found_by, *finders))),
        "score": max(item.score, score),
        "kind": kind,
    }
    if klass < item.klass:
        sla, at = numbers.sla_minutes(kind), clock.now()
        values |= {
            "klass": klass,
            "due_at": min(item.due_at, due_at(klass, at, sla)),
            "aged_at": min(item.aged_at, aged_at(klass, at, sla)),
        }
    if version != item.target_version:
        values |= {"target_version": version, "state": ItemState.OPEN, **UNLEASED}
    if excluded_id is not None and item.excluded_id is None:
        values |= {"excluded_id": excluded_id}
        if item.lease_owner_id == excluded_id:
            values |= {"state": ItemState.OPEN, **UNLEASED}
    item_id = item.id
    update_where(ReviewItem, ReviewItem.id == item_id, ReviewItem.open_key == key, **values)
    if klass == 0 and "klass" in values:
        raising.call_out(item_id)
    return item_id


def post_was_edited(post_id: int, version: int) -> None:
    """What waits about a post is about its new version now; whoever has it open must look again."""
    update_where(
        ReviewItem,
        ReviewItem.post_id == post_id,
        ReviewItem.state.in_(LIVE),
        ReviewItem.kind.in_(OF_VERSIONS),
        target_version=version,
        state=ItemState.OPEN,
        **UNLEASED,
    )


def cancel_about(post_id: int) -> int:
    """Nothing is left to decide about a post: what waits is cancelled. Returns how many items."""
    return update_where(
        ReviewItem,
        ReviewItem.post_id == post_id,
        ReviewItem.kind.in_(ABOUT_POSTS),
        ReviewItem.state.in_(LIVE),
        state=ItemState.CANCELLED,
        open_key=None,
        **UNLEASED,
    )


def cancel_beside(post_id: int, item_id: int) -> int:
    """A decision about a text as it stands settles whatever else waits about it: nobody reads it twice. Returns how many
    items."""
    waits = (
        ReviewItem.post_id == post_id, ReviewItem.id != item_id, ReviewItem.kind.in_(OF_VERSIONS), ReviewItem.state.in_(LIVE)
    )  # fmt: skip
    return update_where(ReviewItem, *waits, state=ItemState.CANCELLED, open_key=None, **UNLEASED)


def cancel_reports(post_id: int) -> int:
    """All reports of a visible post were taken back: its case is over, unless somebody has it in hand, it was passed on,
    or a legal notice is behind it. Returns how many items."""
    waits = (
        ReviewItem.kind == ItemType.FLAG_CASE, ReviewItem.target_id == post_id, ReviewItem.state == ItemState.OPEN,
        ReviewItem.needs_senior.is_(False), cast(ReviewItem.signals, Text).not_like('%"legal_notice"%'),
        select(Post.id).where(Post.id == post_id, Post.state == PostState.PUBLISHED).exists(),
    )  # fmt: skip
    return update_where(ReviewItem, *waits, state=ItemState.CANCELLED, open_key=None)


def cancel_edit(post_id: int) -> int:
    """The edit of a post that waited is over. Returns how many items."""
    waits = (ReviewItem.kind == ItemType.EDIT, ReviewItem.target_id == post_id, ReviewItem.state.in_(LIVE))
    return update_where(ReviewItem, *waits, state=ItemState.CANCELLED, open_key=None, **UNLEASED)


def cancel_target(kind: ItemType, target_id: int, only_open: bool = False) -> int:
    """What waited about a profile or a message is over. ``only_open``: unless somebody has it in hand, it was passed on, or
    more than reports is behind it."""
    waits = [ReviewItem.open_key == key_of(kind, target_id)]
    if only_open:
        alone = [
            cast(ReviewItem.found_by, Text).not_like(f'%"{one.value}"%')
            for one in (FoundBy.NOTICE, FoundBy.MACHINE)
        ]
        waits += [ReviewItem.state == ItemState.OPEN, ReviewItem.needs_senior.is_(False), *alone]
    return update_where(ReviewItem, *waits, state=ItemState.CANCELLED, open_key=None, **UNLEASED)


def cancel_about_member(member_id: int) -> int:
    """Somebody is gone: their profile, and messages nobody can read any more, need no decision."""
    waits = (
        ReviewItem.kind.in_((ItemType.PROFILE, ItemType.MESSAGE)), ReviewItem.author_id == member_id,
        ReviewItem.open_key.is_not(None),
    )  # fmt: skip
    return update_where(ReviewItem, *waits, state=ItemState.CANCELLED, open_key=None, **UNLEASED)


def press_reviews() -> int:
    """A product review with a quarter of its absolute time left is served before everything but danger."""
    hours = settings.get("moderation.review_hours")
    soon = clock.now() - timedelta(hours=hours) * AGED_SHARE
    old = (
        ReviewItem.kind == ItemType.REVIEW,
        ReviewItem.open_key.is_not(None),
        ReviewItem.created_at <= soon,
    )
    return update_where(ReviewItem, *old, ReviewItem.klass > 1, klass=1)


def follow_posts(question_id: int) -> int:
    """What waits about the posts of a thread is about that thread, wherever they stood before."""
    here = select(Post.id).where((Post.question_id == question_id) | (Post.id == question_id))
    waiting = (ReviewItem.post_id.in_(here), ReviewItem.state.in_(LIVE))
    return update_where(ReviewItem, *waiting, question_id=question_id)


def cancel_orphans() -> int:
    """Cancel what waits about texts their authors took back before anybody decided."""
    gone = select(Post.id).where(Post.state.in_((PostState.WITHDRAWN, PostState.REMOVED, PostState.REJECTED)))
    no_edit = ~select(PendingEdit.post_id).where(PendingEdit.post_id == ReviewItem.target_id).exists()
    total = 0
    for criteria in ((ReviewItem.post_id.in_(gone),), (ReviewItem.kind == ItemType.EDIT, no_edit)):
        total += update_where(
            ReviewItem, *criteria, ReviewItem.kind.in_(ABOUT_POSTS), ReviewItem.state.in_(LIVE),
            state=ItemState.CANCELLED, open_key=None, **UNLEASED,
        )  # fmt: skip
    return total


def look_at(actor: Actor, post_id: int) -> int:
    """A moderator opens an item about a published post to decide about it; returns the item's id."""
    require(can_review(actor))
    with unit_of_work():
        post = db.session.get(Post, post_id, populate_existing=True)
        if post is None or not _within(actor, post):
            raise NotFound()
        waiting = db.session.scalar(
            select(ReviewItem.id).where(
                ReviewItem.post_id == post_id, ReviewItem.kind.in_(ABOUT_POSTS), ReviewItem.state.in_(LIVE)
            )
        )
        if waiting is not None:
            return waiting
        opened: dict[str, Any] = {"signals": ("by_moderator",), "found_by": (FoundBy.MODERATOR,)}
        if post.state == PostState.PUBLISHED:
            return open_item(ItemType.SAMPLE, post_id, post=post, klass=3, **opened)
        if post.state == PostState.HIDDEN:
            return open_item(ItemType.FLAG_CASE, post_id, post=post, klass=1, **opened)
        raise NotFound()


def who_found(post_id: int | None, item_id: int | None = None) -> tuple[FoundBy, ...]:
    """Everybody who drew attention to a text: the finders of an item, and of whatever else waits about the same text as it
    stands. They are what its statement of reasons names."""
    waits = (
        ReviewItem.post_id == post_id,
        ReviewItem.open_key.is_not(None),
        ReviewItem.kind.in_(OF_VERSIONS),
    )
    rows = (
        select(ReviewItem.found_by).where(or_(ReviewItem.id == item_id, and_(*waits))).order_by(ReviewItem.id)
    )
    return tuple(dict.fromkeys(FoundBy(one) for found in db.session.scalars(rows) for one in found))


def last_cleared(post_id: int | None) -> int:
    """The newest version of a text of which a person said that it is in order, in answer to an appeal as well; 0: none."""
    cleared = [decision for decision in Decision if clears_version(decision)]
    of_picture = (
        select(Appeal.item_id)
        .join(Statement, Statement.id == Appeal.statement_id)
        .where(
            Appeal.item_id.is_not(None),
            Statement.post_id == post_id,
            Statement.measure == Measure.PICTURE_HIDDEN,
        )
    )
    found = select(func.max(ReviewDecision.version)).where(
        ReviewDecision.post_id == post_id, ReviewDecision.decision.in_(cleared),
        ReviewDecision.id.not_in(select(DecisionUndo.decision_id)), ReviewDecision.item_id.not_in(of_picture),
    )  # fmt: skip
    return db.session.scalar(found) or 0


def _within(actor: Actor, post: Post) -> bool:
    """Whether the post is of a category this moderator looks after."""
    question = db.session.get(Question, post.thread_id)
    if question is None:
        return scope.has(actor, Right.REVIEWS, getattr(post, "category_id", 0))
    return scope.has(actor, Right.DECIDE, question.category_id)


def draw_sample(post_id: int, share: float, told: tuple[str, ...] = ()) -> int | None:
    """Queue a text that is live for a look afterwards, when it is drawn or a filter asked for it (``told`` says why)."""
    if not told and not sampled(post_id, share):
        return None
    reviewed = select(ReviewDecision.id).where(ReviewDecision.post_id == post_id).limit(1)
    if db.session.scalar(reviewed) is not None:
        return None
    post = db.session.get(Post, post_id)
    signals, finder = (told, FoundBy.MACHINE) if told else (("sample",), FoundBy.RULE)
    klass = raised_class(item_class(ItemType.SAMPLE), signals)
    return open_item(ItemType.SAMPLE, post_id, post=post, signals=signals, found_by=(finder,), klass=klass)


def category_of(question_id: int) -> Category:
    """The category of a thread."""
    return db.session.get_one(Category, db.session.get_one(Question, question_id).category_id)
