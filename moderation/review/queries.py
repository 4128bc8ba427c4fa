"""Reads of the review queue, shaped for its page: the list with its tabs, and everything about one item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Text, cast, func, or_, select

from accounts.masks.queries import is_of
from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common import clock, text
from common.db import db
from common.i18n import language
from common.permissions import Actor
from forum.categories.models import Category
from forum.content.reviews.models import Review
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.revisions.differences import Segment, differences
from moderation.review import history
from moderation.review.history import Event, Reporter
from moderation.review.leasing import is_waiting, queue_order
from moderation.review.models import DecisionUndo, ItemNote, ReviewDecision, ReviewItem
from moderation.review.permissions import can_decide, free_of_conflict
from moderation.review.rules import ItemState, ItemType, served_class
from moderation.review.showing import Shown, shown, titles_of
from moderation.review.undoing import can_undo
from moderation.sanctions.models import Appeal, Statement
from moderation.screening import screener
from moderation.screening.chain import triggers
from moderation.screening.highlighting import highlighted

LIST_SIZE = 40
TABS = ("all", "review", "reported", "links", "samples", "appeals")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: int
    kind: ItemType
    post_kind: str
    title: str
    excerpt: str
    klass: int
    signals: tuple[str, ...]
    created_at: datetime
    due_at: datetime
    is_late: bool
    is_taken: bool
    taken_by: Any
    minutes_taken: int
    is_mine: bool
    language: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The page's list, its tabs with counts, and the figures of the title bar."""

    rows: list[Row]
    counts: dict[str, int]
    oldest_at: datetime | None
    done_today: int
    done_last_hour: int


def _tab(name: str) -> Any:
    signals = cast(ReviewItem.signals, Text)
    return {
        "review": ReviewItem.kind.in_((ItemType.POST, ItemType.EDIT)),
        "reported": ReviewItem.kind == ItemType.FLAG_CASE,
        "links": or_(signals.like('%"links"%'), signals.like('%"short_link"%')),
        "samples": ReviewItem.kind == ItemType.SAMPLE,
        "appeals": ReviewItem.kind == ItemType.APPEAL,
    }.get(name)


def queue(actor: Actor, tab: str, words: str = "") -> Queue:
    """What waits and this moderator may decide, the most pressing first."""
    at = clock.now()
    mine = (is_waiting(), free_of_conflict(actor))
    counted = [func.count().label("all")]
    counted += [func.count().filter(_tab(name)).label(name) for name in TABS[1:]]
    head = db.session.execute(
        select(*counted, func.min(ReviewItem.created_at).label("oldest")).where(*mine)
    ).one()
    chosen = select(ReviewItem).where(*mine).order_by(*queue_order(at)).limit(LIST_SIZE)
    if (criterion := _tab(tab)) is not None:
        chosen = chosen.where(criterion)
    if words:
        chosen = chosen.where(_search(words))
    items = list(db.session.scalars(chosen))
    today, hour = _pace(actor, at)
    counts = {name: getattr(head, name) for name in TABS}
    return Queue(_rows(actor, items, at), counts, head.oldest, today, hour)


def waiting_counts(actor: Actor) -> tuple[int, int]:
    """How many items wait, and how many of them are appeals: for the rail."""
    row = db.session.execute(
        select(func.count(), func.count().filter(ReviewItem.kind == ItemType.APPEAL)).where(
            ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED))
        )
    ).one()
    return row[0], row[1]


def _search(words: str) -> Any:
    number = words.removeprefix("#").removeprefix("R-").removeprefix("r-")
    if number.isascii() and number.isdigit() and len(number) < 12:
        return ReviewItem.id == int(number)
    like = f"%{words.replace('%', '').replace('_', '')[:80]}%"
    return or_(
        ReviewItem.author_id.in_(select(Member.id).where(Member.display_name.ilike(like))),
        ReviewItem.post_id.in_(select(Post.id).where(Post.body.ilike(like))),
        ReviewItem.question_id.in_(select(Question.id).where(Question.title.ilike(like))),
        ReviewItem.post_id.in_(select(Review.id).where(Review.title.ilike(like))),
    )


def _pace(actor: Actor, at: datetime) -> tuple[int, int]:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    row = db.session.execute(
        select(func.count(), func.count().filter(ReviewDecision.decided_at >= at - timedelta(hours=1))).where(
            ReviewDecision.actor_id == actor.member_id, ReviewDecision.decided_at >= midnight
        )
    ).one()
    return row[0], row[1]


def _rows(actor: Actor, items: list[ReviewItem], at: datetime) -> list[Row]:
    posts = {
        p.id: p
        for p in _all(select(Post.id, Post.kind, Post.body).where(Post.id.in_({i.post_id for i in items})))
    }
    titles = titles_of({i.question_id or i.post_id for i in items})
    contested = {item.id for item in items if item.kind == ItemType.APPEAL}
    appeals = (
        dict(_all(select(Appeal.item_id, Appeal.text).where(Appeal.item_id.in_(contested))))
        if contested
        else {}
    )
    people = cards({item.lease_owner_id for item in items})
    rows = []
    for item in items:
        post = posts.get(item.post_id)
        body = appeals.get(item.id) or (post.body if post else "")
        taken = item.state == ItemState.LEASED and item.lease_until is not None and item.lease_until > at
        minutes = (
            int((at - item.lease_begun_at).total_seconds() // 60) if taken and item.lease_begun_at else 0
        )
        rows.append(
            Row(
                item.id, ItemType(item.kind), PostKind(post.kind).value if post else "", titles.get(item.question_id or item.post_id or 0, ""),
                text.excerpt(text.plain_from_markdown(body[:600]), 110), served_class(item.klass, item.aged_at, at),
                tuple(item.signals), item.created_at, item.due_at, item.due_at < at,
                taken and item.lease_owner_id != actor.member_id, people[item.lease_owner_id].name, minutes,
                taken and item.lease_owner_id == actor.member_id, item.language,
            )
        )  # fmt: skip
    return rows


def _all(query: Any) -> list[Any]:
    return list(db.session.execute(query))


# --- one item -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Author:
    """What the side box says of a member. ``masked``: the text in question shows "a customer" in public."""

    card: MemberCard
    joined_at: datetime | None
    post_count: int
    question_count: int
    refused_count: int
    silenced_until: datetime | None
    suspended_until: datetime | None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything a moderator sees of one item."""

    item: ReviewItem
    shown: Shown | None
    html: Markup
    contested_html: Markup
    post: Post | None
    question: Question | None
    category: str
    before: tuple[MemberCard, str] | None
    author: Author
    trigger_kinds: tuple[str, ...]
    changes: tuple[Segment, ...]
    reporters: list[Reporter]
    history: list[Event]
    notes: list[tuple[MemberCard, ItemNote]]
    statement: Statement | None
    is_mine: bool
    owner: MemberCard | None
    minutes_taken: int
    may_decide: bool
    is_waiting: bool
    decision: ReviewDecision | None


def detail(actor: Actor, item: ReviewItem) -> Detail:
    """One item with its context. A number of statements that does not grow with anything."""
    at = clock.now()
    seen = shown(item)
    post = db.session.get(Post, item.post_id) if item.post_id else None
    question = db.session.get(Question, item.question_id) if item.question_id else None
    found = triggers(seen.body, screener.lists()) if seen else []
    excerpts = [(trigger.kind, seen.body[trigger.start : trigger.end]) for trigger in found] if seen else []
    html = text.render(seen.body) if seen else ""
    live = item.state == ItemState.LEASED and item.lease_until is not None and item.lease_until > at
    begun = item.lease_begun_at or at
    return Detail(
        item=item,
        shown=seen,
        html=highlighted(html, excerpts),
        contested_html=_stored_html(post) if item.kind == ItemType.APPEAL else Markup(""),
        post=post,
        question=question,
        category=_category_name(item.category_id),
        before=_before(post),
        author=author_box(seen.member_id if seen else item.author_id, post),
        trigger_kinds=tuple(dict.fromkeys(trigger.kind for trigger in found)),
        changes=differences(post.body, seen.body) if item.kind == ItemType.EDIT and post and seen else (),
        reporters=history.reporters_of(item),
        history=history.events_of(item, post),
        notes=_notes(item.id),
        statement=history.contested(item),
        is_mine=live and item.lease_owner_id == actor.member_id,
        owner=cards([item.lease_owner_id])[item.lease_owner_id] if live else None,
        minutes_taken=int((at - begun).total_seconds() // 60),
        may_decide=bool(can_decide(actor, item)),
        is_waiting=item.state in (ItemState.OPEN, ItemState.LEASED),
        decision=_decision_on(item) if item.state == ItemState.DECIDED else None,
    )


def _decision_on(item: ReviewItem) -> ReviewDecision | None:
    return db.session.scalar(select(ReviewDecision).where(ReviewDecision.item_id == item.id))


def _stored_html(post: Post | None) -> Markup:
    return Markup(post.body_html) if post else Markup("")  # noqa: S704 - stored as common.text rendered it


def last_undoable(actor: Actor) -> tuple[int, str] | None:
    """The moderator's last decision while it can be taken back: (item, decision)."""
    decision = db.session.scalar(
        select(ReviewDecision)
        .where(ReviewDecision.actor_id == actor.member_id)
        .order_by(ReviewDecision.id.desc())
        .limit(1)
    )
    if decision is None:
        return None
    undone = db.session.scalar(select(DecisionUndo.id).where(DecisionUndo.decision_id == decision.id))
    item = db.session.get_one(ReviewItem, decision.item_id)
    if undone is not None or not can_undo(decision, ItemType(item.kind)):
        return None
    return item.id, decision.decision.value


def author_box(member_id: int | None, post: Post | None = None) -> Author:
    """The side box about a member."""
    card = cards([member_id])[member_id]
    member = db.session.get(Member, member_id) if member_id else None
    mine = is_of(Post.author_id, member_id) if member_id else Post.author_id.is_(None)
    refused = (
        select(func.count())
        .select_from(ReviewDecision)
        .join(Post, Post.id == ReviewDecision.post_id)
        .where(
            mine,
            ReviewDecision.reason.is_not(None),
            ReviewDecision.id.not_in(select(DecisionUndo.decision_id)),
        )
        .scalar_subquery()
    )
    counted = db.session.execute(
        select(func.count(), func.count().filter(Post.kind == PostKind.QUESTION), refused).where(
            mine, Post.state == PostState.PUBLISHED
        )
    ).one()
    return Author(
        card, member.joined_at if member else None, counted[0], counted[1], counted[2],
        member.silenced_until if member else None, member.suspended_until if member else None,
        masked=post is not None and cards([post.author_id])[post.author_id].is_mask,
    )  # fmt: skip


def _before(post: Post | None) -> tuple[MemberCard, str] | None:
    """Who wrote just before in the thread, and how it began."""
    if post is None or post.question_id is None:
        return None
    row = db.session.execute(
        select(Post.author_id, Post.body)
        .where(
            or_(Post.question_id == post.question_id, Post.id == post.question_id),
            Post.state == PostState.PUBLISHED,
            Post.id != post.id,
            Post.published_at <= (post.published_at or post.created_at),
        )
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return cards([row.author_id])[row.author_id], text.excerpt(text.plain_from_markdown(row.body[:800]), 160)


def _category_name(category_id: int | None) -> str:
    category = db.session.get(Category, category_id) if category_id else None
    return category.name(language()) if category else ""


def _notes(item_id: int) -> list[tuple[MemberCard, ItemNote]]:
    notes = list(
        db.session.scalars(select(ItemNote).where(ItemNote.item_id == item_id).order_by(ItemNote.id))
    )
    people = cards({note.author_id for note in notes})
    return [(people[note.author_id], note) for note in notes]
