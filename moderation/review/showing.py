"""What exactly a moderator is shown: the content of an item, and the stamp that says which version it was."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, union_all

from accounts.masks.queries import person_behind, person_of
from accounts.members.queries import MemberCard, cards
from accounts.messages.queries import report_of
from common import text
from common.db import db
from common.i18n import language
from forum.categories.models import Category
from forum.content.guides.queries import published
from forum.content.reviews.models import Review
from forum.questions.models import PendingEdit, Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.audits.seeing import text_of
from moderation.profile_reports.queries import reported, stamp_of
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemType
from moderation.sanctions.models import Appeal


@dataclass(frozen=True, slots=True)
class Shown:
    """The text under review. ``state`` is the post's; ``member_id`` is who is concerned, under a mask or not; ``reason`` and
    ``facts`` are those of an edit."""

    stamp: str
    title: str | None
    body: str
    state: str
    version: int
    member_id: int | None
    post_kind: str = ""
    reason: str = ""
    facts: dict[str, Any] | None = None


_question, _review = Question.__table__.c, Review.__table__.c
_TITLE = func.coalesce(
    select(_question.title).where(_question.id == Post.id).scalar_subquery(),
    select(_review.title).where(_review.id == Post.id).scalar_subquery(),
).label("title")
_PERSON = person_of(Post.author_id).label("person_id")


def titles_of(post_ids: Collection[int | None]) -> dict[int, str]:
    """The titles of those posts that have one: questions and product reviews."""
    both = [select(of.id, of.title).where(of.id.in_(post_ids)) for of in (_question, _review)]
    return {row.id: row.title for row in db.session.execute(union_all(*both))}


def shown(item: ReviewItem, lock: bool = False) -> Shown | None:
    """The content of an item as it is now; None when there is nothing any more. ``lock`` for a decision."""
    if item.kind == ItemType.APPEAL:
        return _appeal(item, lock)
    if item.kind == ItemType.AUDIT:
        return _audit(item)
    if item.kind == ItemType.PROFILE:
        return _profile(item, lock)
    if item.kind == ItemType.MESSAGE:
        return _message(item)
    if item.kind == ItemType.GUIDE:
        return _guide(item, lock)
    query = select(Post.version, Post.state, Post.body, Post.kind, _TITLE, _PERSON).where(
        Post.id == item.post_id
    )
    row = db.session.execute(query.with_for_update(of=Post) if lock else query).first()
    if row is None:
        return None
    if item.kind == ItemType.EDIT:
        return _edit(item, PostState(row.state), row.version)
    return Shown(
        f"v{row.version}",
        row.title,
        row.body,
        PostState(row.state).value,
        row.version,
        row.person_id,
        PostKind(row.kind).value,
    )


def _edit(item: ReviewItem, state: PostState, version: int) -> Shown | None:
    pending = db.session.get(PendingEdit, item.target_id, populate_existing=True)
    if pending is None:
        return None
    return Shown(
        _edit_stamp(version, pending.title, pending.body, pending.reason),
        pending.title,
        pending.body,
        state.value,
        version,
        person_behind(pending.editor_id),
        reason=pending.reason,
        facts=pending.facts,
    )


def _profile(item: ReviewItem, lock: bool) -> Shown | None:
    """Name, presentation and town of a reported member."""
    member = reported(item.target_id, lock)
    if member is None:
        return None
    return Shown(stamp_of(member), member.display_name, member.bio or "", "", 1, member.id)


def _message(item: ReviewItem) -> Shown | None:
    """A private message that its receiver showed to the team, while it is there."""
    report = report_of(item.target_id)
    if report is None or not (report.body or report.messages[-1].lost):
        return None
    return Shown(f"m{report.messages[-1].id}", None, report.body, "", 1, report.author.id)


def _guide(item: ReviewItem, lock: bool) -> Shown | None:
    """A guide while everybody reads it."""
    guide = published(item.target_id, lock)
    if guide is None:
        return None
    words = f"{guide.summary}\n\n{guide.body}".strip()
    return Shown(f"g{guide.version}", guide.title, words, "", guide.version, guide.author_id)


def _audit(item: ReviewItem) -> Shown | None:
    """The text as it was decided about: it looks as if it still stood where it was then."""
    found = text_of(item)
    if found is None:
        return None
    decided, row = found
    title = titles_of([row.id]).get(row.id)
    return Shown(
        f"v{row.version}", title, row.body, decided.state_before, row.version, person_behind(row.author_id),
        PostKind(row.kind).value,
    )  # fmt: skip


def _edit_stamp(version: int, title: str | None, body: str, reason: str) -> str:
    text = hashlib.sha256(f"{title}\x1f{body}\x1f{reason}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"e{version}-{text[:16]}"


def stamps_of(item_ids: Collection[int]) -> dict[int, str]:
    """The versions that many items show now, in one statement and one for each audit; those with no text are left out."""
    rows = db.session.execute(
        select(
            ReviewItem.id,
            ReviewItem.kind,
            Post.version,
            PendingEdit.title,
            PendingEdit.body,
            PendingEdit.reason,
        )
        .join(Post, Post.id == ReviewItem.post_id)
        .outerjoin(PendingEdit, PendingEdit.post_id == Post.id)
        .where(ReviewItem.id.in_(item_ids), ReviewItem.kind != ItemType.APPEAL)
    )
    found: dict[int, str] = {}
    for row in rows.all():
        if row.kind == ItemType.AUDIT:
            seen = shown(db.session.get_one(ReviewItem, row.id))
            found |= {row.id: seen.stamp} if seen else {}
        elif row.kind != ItemType.EDIT:
            found[row.id] = f"v{row.version}"
        elif row.body is not None:
            found[row.id] = _edit_stamp(row.version, row.title, row.body, row.reason)
    return found


def _appeal(item: ReviewItem, lock: bool) -> Shown | None:
    query = select(Appeal.id, Appeal.text, Appeal.member_id).where(Appeal.id == item.target_id)
    row = db.session.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Shown(f"a{row.id}", None, row.text, "", 1, row.member_id)


def before(post: Post | None) -> tuple[MemberCard, str] | None:
    """Who wrote just before in the thread, and how it began."""
    if post is None or post.question_id is None:
        return None
    posts, until = Post.__table__.c, post.published_at or post.created_at
    columns = (posts.author_id, posts.body, posts.published_at, posts.id)
    shown = (posts.state == PostState.PUBLISHED, posts.id != post.id)
    earlier = select(*columns).where(
        posts.question_id == post.question_id, *shown, posts.published_at <= until
    )
    earlier = earlier.order_by(posts.published_at.desc(), posts.id.desc()).limit(1)
    first = select(*columns).where(posts.id == post.question_id, *shown)
    both = union_all(select(earlier.subquery()), first).subquery()
    row = db.session.execute(
        select(both).order_by(both.c.published_at.desc(), both.c.id.desc()).limit(1)
    ).first()
    if row is None:
        return None
    return cards([row.author_id])[row.author_id], text.excerpt(text.plain_from_markdown(row.body[:800]), 160)


def category_name(category_id: int | None) -> str:
    """The name of a category, in the reader's language."""
    category = db.session.get(Category, category_id) if category_id else None
    return category.name(language()) if category else ""
