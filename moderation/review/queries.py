"""Reads of the review queue, shaped for its page: the list with its tabs, and everything about one item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, Text, and_, cast, func, literal, or_, select, union_all

from accounts.masks.models import Mask
from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from accounts.messages.queries import ReportView, bodies_of, report_of
from common import clock, i18n, text
from common.db import db, not_by_index
from common.permissions import Actor
from forum.content.reviews.models import Review
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.revisions.differences import Segment, differences
from moderation.audits.seeing import Source, one_s_own, source_of
from moderation.delegation.rules import Right
from moderation.delegation.scope import has, in_scope
from moderation.legal_notices.guides import titles_of as guide_titles
from moderation.pauses.models import Pace
from moderation.profile_reports.queries import reported
from moderation.review import history
from moderation.review.history import Event, Reporter
from moderation.review.leasing import first_ids, is_waiting
from moderation.review.models import DecisionUndo, ItemNote, ReviewDecision, ReviewItem
from moderation.review.permissions import can_decide, can_take_over, free_of_conflict
from moderation.review.rules import HELD_TEXTS, REFUSING, REPORTS, ItemState, ItemType, served_class
from moderation.review.showing import Shown, before, category_name, shown, titles_of
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.queries import about
from moderation.sanctions.statements import stands
from moderation.screening import screener
from moderation.screening.chain import triggers
from moderation.screening.highlighting import highlighted

LIST_SIZE = 40
AHEAD = 4
TABS = ("all", "review", "reported", "links", "images", "reviews", "people", "samples", "appeals")
KINDS_OF = {
    "review": (*HELD_TEXTS, ItemType.EDIT),
    "reported": REPORTS,
    "images": (ItemType.IMAGE,),
    "reviews": (ItemType.REVIEW,),
    "people": (ItemType.PROFILE, ItemType.MESSAGE),
    "samples": (ItemType.SAMPLE,),
    "appeals": (ItemType.APPEAL,),
}


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
    """The page's list, its tabs with counts, and the figures of the title bar. ``items``: those of the list, by id."""

    rows: list[Row]
    items: dict[int, ReviewItem]
    counts: dict[str, int]
    oldest_at: datetime | None
    done_today: int
    done_last_hour: int
    paused_until: datetime | None = None
    rest_open: bool = False
    beside: Mapping[str, int] = field(default_factory=dict)


BESIDE: dict[str, Callable[[Actor], Select[Any]]] = {}
"""What other subjects count with the queue, in the same statement; their panels read it as ``beside[name]``."""


def of_tab(name: str) -> Any:
    """The criterion of a tab; None for the one of everything."""
    signals = cast(ReviewItem.signals, Text)
    if name in KINDS_OF:
        kinds = KINDS_OF[name]
        return or_(
            ReviewItem.kind.in_(kinds),
            and_(ReviewItem.kind == ItemType.AUDIT, ReviewItem.shown_as.in_(kinds)),
        )
    return {"links": or_(signals.like('%"links"%'), signals.like('%"short_link"%'))}.get(name)


def queue(actor: Actor, tab: str, words: str = "") -> Queue:
    """What waits and this moderator may decide, the most pressing first."""
    at = clock.now()
    mine = (ReviewItem.open_key.is_not(None), free_of_conflict(actor))
    counted = [func.count().label("all")]
    counted += [func.count().filter(of_tab(name)).label(name) for name in TABS[1:]]
    counted += [query(actor).scalar_subquery().label(name) for name, query in BESIDE.items()]
    head = db.session.execute(
        select(*counted, func.min(ReviewItem.created_at).label("oldest")).where(*mine)
    ).one()
    asked = (of_tab(tab), _search(actor, words) if words else None)
    items = _in_order(first_ids(at, is_waiting(), *mine, *asked, limit=LIST_SIZE))
    counts = {name: getattr(head, name) for name in TABS}
    found = {item.id: item for item in items}
    pace = _pace(actor, at)
    return Queue(
        _rows(actor, items, at),
        found,
        counts,
        head.oldest,
        *pace,
        {name: getattr(head, name) for name in BESIDE},
    )


def ahead(queue: Queue, item_id: int | None) -> list[int]:
    """The items that are likely to come next: those held ready, else the following ones of the list."""
    if ready := [row.id for row in queue.rows if row.is_mine and row.id != item_id]:
        return ready[:AHEAD]
    ids = [row.id for row in queue.rows if row.id == item_id or not row.is_taken]
    return ids[ids.index(item_id) + 1 :][:AHEAD] if item_id in ids else []


def _in_order(ids: list[int]) -> list[ReviewItem]:
    found = {item.id: item for item in db.session.scalars(select(ReviewItem).where(ReviewItem.id.in_(ids)))}
    return [found[item_id] for item_id in ids if item_id in found]


def waiting_counts(actor: Actor) -> tuple[int, int]:
    """How many items wait, and how many of them are appeals: for the rail."""
    row = db.session.execute(
        select(func.count(), func.count().filter(ReviewItem.kind == ItemType.APPEAL)).where(
            ReviewItem.open_key.is_not(None), in_scope(actor), one_s_own(actor)
        )
    ).one()
    return row[0], row[1]


def is_leased(item: ReviewItem, at: datetime) -> bool:
    """Whether somebody has an item in hand."""
    return item.state == ItemState.LEASED and item.lease_until is not None and item.lease_until > at


def _is_looked_at(item: ReviewItem, at: datetime) -> bool:
    return is_leased(item, at) and item.lease_begun_at is not None


def _search(actor: Actor, words: str) -> Any:
    number = words.removeprefix("#").removeprefix("R-").removeprefix("r-")
    if number.isascii() and number.isdigit() and len(number) < 12:
        return ReviewItem.id == int(number)
    like = f"%{words.replace('%', '').replace('_', '')[:80]}%"
    named = select(Member.id).where(Member.display_name.ilike(like))
    in_public = ReviewItem.post_id.in_(select(Post.id).where(Post.author_id.in_(named)))
    return or_(
        in_public if actor.is_limited else ReviewItem.author_id.in_(named),
        ReviewItem.post_id.in_(select(Post.id).where(Post.body.ilike(like))),
        ReviewItem.question_id.in_(select(Question.id).where(Question.title.ilike(like))),
        ReviewItem.post_id.in_(select(Review.id).where(Review.title.ilike(like))),
    )


def _pace(actor: Actor, at: datetime) -> tuple[int, int, datetime | None, bool]:
    """Decisions today and in the last hour (without what was taken back), a pause that is open, a break that is suggested."""
    mine = Pace.member_id == actor.member_id
    paused, rest = (select(one).where(mine).scalar_subquery() for one in (Pace.paused_until, Pace.rest_open))
    midnight, hour = i18n.day_begins(i18n.local(at).date()), at - timedelta(hours=1)
    undone = select(DecisionUndo.id).where(DecisionUndo.decision_id == ReviewDecision.id).exists()
    counted = [func.count().filter(ReviewDecision.decided_at >= since) for since in (midnight, hour)]
    parts: list[Any] = [*counted, paused, rest]
    row = db.session.execute(
        select(*parts).where(
            ReviewDecision.actor_id == actor.member_id,
            ReviewDecision.decided_at >= min(midnight, hour),
            ~undone,
        )
    ).one()
    return row[0], row[1], row[2], bool(row[3])


def _rows(actor: Actor, items: list[ReviewItem], at: datetime) -> list[Row]:
    posts = {
        p.id: p
        for p in _all(select(Post.id, Post.kind, Post.body).where(Post.id.in_({i.post_id for i in items})))
    }
    titles = titles_of({i.question_id or i.post_id for i in items})
    letters = {item.target_id for item in items if item.kind == ItemType.MESSAGE}
    written = bodies_of(letters) if letters else {}
    contested = {item.id for item in items if item.kind == ItemType.APPEAL}
    appeals = (
        dict(_all(select(Appeal.item_id, Appeal.text).where(Appeal.item_id.in_(contested))))
        if contested
        else {}
    )
    about = {item.author_id for item in items if item.kind in KINDS_OF["people"]}
    people = cards({item.lease_owner_id for item in items} | about)
    guides = guide_titles({item.target_id for item in items if item.kind == ItemType.GUIDE})
    rows = []
    for item in items:
        post = posts.get(item.post_id)
        body = appeals.get(item.id) or (post.body if post else "")
        title = titles.get(item.question_id or item.post_id or 0, "")
        if item.kind in KINDS_OF["people"]:
            title, body = str(people[item.author_id].name), ""
        if item.kind == ItemType.MESSAGE:
            body = written.get(item.target_id, "")
        if item.kind == ItemType.GUIDE:
            title = guides.get(item.target_id, "")
        taken = _is_looked_at(item, at)
        minutes = (
            int((at - item.lease_begun_at).total_seconds() // 60) if taken and item.lease_begun_at else 0
        )
        rows.append(
            Row(
                item.id, item.seen_as, PostKind(post.kind).value if post else "", title,
                text.excerpt(text.plain_from_markdown(body[:600]), 110), served_class(item.klass, item.aged_at, at),
                tuple(item.signals), item.created_at, item.due_at, item.due_at < at,
                taken and item.lease_owner_id != actor.member_id, people[item.lease_owner_id].name, minutes,
                item.lease_owner_id == actor.member_id and is_leased(item, at), item.language,
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
    has_file: bool = True


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything a moderator sees of one item. ``audit``: what was known about it, once it is answered."""

    item: ReviewItem
    kind: ItemType
    written_at: datetime | None
    audit: Source | None
    shown: Shown | None
    letter: ReportView | None
    city: str
    html: Markup
    contested_html: Markup
    post: Post | None
    question: Question | None
    category: str
    before: tuple[MemberCard, str] | None
    author: Author
    trigger_kinds: tuple[str, ...]
    changes: tuple[Segment, ...]
    title_changes: tuple[Segment, ...]
    reporters: list[Reporter]
    history: list[Event]
    notes: list[tuple[MemberCard, ItemNote]]
    statement: Statement | None
    is_mine: bool
    owner: MemberCard | None
    minutes_taken: int
    may_decide: bool
    may_take_over: bool
    is_waiting: bool
    decision: ReviewDecision | None


def detail(actor: Actor, item: ReviewItem) -> Detail:
    """One item with its context. A number of statements that does not grow with anything."""
    at = clock.now()
    seen = shown(item)
    question = db.session.get(Question, item.question_id) if item.question_id else None
    post = db.session.get(Post, item.post_id) if item.post_id else None
    found = triggers(seen.body, screener.lists()) if seen else []
    excerpts = [(trigger.kind, seen.body[trigger.start : trigger.end]) for trigger in found] if seen else []
    html = text.render(seen.body) if seen else ""
    mine = item.lease_owner_id == actor.member_id and is_leased(item, at)
    live = mine or _is_looked_at(item, at)
    begun = item.lease_begun_at or at
    source = source_of(item)
    events, statement = history.events_of(item, post), history.contested(item)
    written = post.created_at if post else None
    return Detail(
        item=item,
        kind=item.seen_as,
        written_at=source.at(written) if source and written else written,
        audit=source if source and source.audit.decided_at else None,
        shown=seen,
        letter=report_of(item.target_id) if item.kind == ItemType.MESSAGE else None,
        city=(member.city or "")
        if item.kind == ItemType.PROFILE and (member := reported(item.target_id))
        else "",
        html=highlighted(html, excerpts),
        contested_html=about(statement).html,
        post=post,
        question=question,
        category=category_name(item.category_id),
        before=before(post),
        author=_author(actor, item, seen, post),
        trigger_kinds=tuple(dict.fromkeys(trigger.kind for trigger in found)),
        changes=differences(post.body, seen.body) if item.kind == ItemType.EDIT and post and seen else (),
        title_changes=differences(post.heading or "", seen.title)
        if item.kind == ItemType.EDIT and post and seen and seen.title and seen.title != post.heading
        else (),
        reporters=history.reporters_of(source.item if source else item, actor),
        history=[*source.then(events), history.Event(item.created_at, "queued")] if source else events,
        notes=_notes(item.id),
        statement=statement,
        is_mine=mine,
        owner=cards([item.lease_owner_id])[item.lease_owner_id] if live and not mine else None,
        minutes_taken=int((at - begun).total_seconds() // 60),
        may_decide=(may := bool(can_decide(actor, item))),
        may_take_over=may and live and not mine and bool(can_take_over(actor)),
        is_waiting=item.state in (ItemState.OPEN, ItemState.LEASED),
        decision=_decision_on(item) if item.state == ItemState.DECIDED else None,
    )


def _decision_on(item: ReviewItem) -> ReviewDecision | None:
    return db.session.scalar(select(ReviewDecision).where(ReviewDecision.item_id == item.id))


def _author(actor: Actor, item: ReviewItem, seen: Shown | None, post: Post | None) -> Author:
    """The person behind a mask, for the team; as everybody sees it, for who moderates a part only."""
    concerned = seen.member_id if seen else item.author_id
    if not actor.is_limited:
        return author_box(concerned, post)
    is_author = post is not None and person_behind(post.author_id) == concerned
    box = author_box(post.author_id if post is not None and is_author else concerned, post)
    return replace(box, has_file=not box.masked and has(actor, Right.FILES))


def author_box(member_id: int | None, post: Post | None = None) -> Author:
    """The side box about a member."""
    people = cards({member_id, post.author_id if post else None})
    member = db.session.get(Member, member_id) if member_id else None
    person: Any = union_all(
        select(literal(member_id)), select(Mask.member_id).where(Mask.person_id == member_id)
    )
    mine = Post.author_id.in_(person) if member_id else Post.author_id.is_(None)
    refused = (
        select(func.count())
        .select_from(ReviewDecision)
        .join(Post, Post.id == ReviewDecision.post_id)
        .where(mine, ReviewDecision.decision.in_(REFUSING), stands())
        .scalar_subquery()
    )
    counted = db.session.execute(
        select(func.count(), func.count().filter(Post.kind == PostKind.QUESTION), refused).where(
            mine, not_by_index(Post.state) == PostState.PUBLISHED
        )
    ).one()
    return Author(
        people[member_id], member.joined_at if member else None, counted[0], counted[1], counted[2],
        member.silenced_until if member else None, member.suspended_until if member else None,
        masked=post is not None and people[post.author_id].is_mask,
    )  # fmt: skip


def _notes(item_id: int) -> list[tuple[MemberCard, ItemNote]]:
    notes = list(
        db.session.scalars(select(ItemNote).where(ItemNote.item_id == item_id).order_by(ItemNote.id))
    )
    people = cards({note.author_id for note in notes})
    return [(people[note.author_id], note) for note in notes]
