"""Reads of one question and its thread, shaped for the page.

:func:`visible_to` is the read rule of the whole product: what is not published is shown to its author and to
moderators, and to nobody else, anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from accounts.members.queries import FORMER_MEMBER, Cards, MemberCard, cards
from common.db import db
from common.errors import Gone, NotFound
from common.permissions import Actor
from forum.browsing.wording import StateOfHelp
from forum.questions.models import PendingEdit, Post, PostLink, Question, QuestionTag, Tag
from forum.questions.rules import AcceptedHow, HelpState, PostKind, PostState, ReplyKind

ANSWERS_A_PAGE = 20
COMMENTS_A_POST = 10
"""Comments that a thread shows under one of its posts; the others have a page of their own."""

OWN_STATES = (PostState.HELD, PostState.HIDDEN, PostState.REJECTED)
"""States in which an author still sees an own post. What was withdrawn or removed is gone for the author too."""

_post = Post.__table__
_question = Question.__table__


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The criterion on Post of what this actor may read. A thread's question must be visible as well."""
    if actor.can_moderate:
        return true()
    published = Post.state == PostState.PUBLISHED
    if not actor.signed_in:
        return published
    return or_(published, and_(Post.author_id.in_(actor.ids), Post.state.in_(OWN_STATES)))


# --- one post -------------------------------------------------------------------------------------------------


def find_post(actor: Actor, post_id: int) -> Post:
    """A post this actor may read, with its thread readable too. Raises NotFound, or Gone for what was removed."""
    post = db.session.scalar(select(Post).where(Post.id == post_id))
    while isinstance(post, Question) and post.state == PostState.MERGED:
        post = db.session.get(Question, post.merged_into_id)
    if post is None:
        raise NotFound()
    for part in _with_its_thread(post):
        if not _readable(actor, part):
            raise gone_or_unknown(part.state, part.published_at)
    return post


def _with_its_thread(post: Post) -> list[Post]:
    ids = {post.question_id, post.parent_id} - {None, post.id}
    if not ids:
        return [post]
    return [*db.session.scalars(select(Post).where(Post.id.in_(ids))), post]


def _readable(actor: Actor, post: Any) -> bool:
    if post.state == PostState.PUBLISHED or actor.can_moderate:
        return True
    return post.author_id in actor.ids and post.state in OWN_STATES


def gone_or_unknown(state: PostState, published_at: datetime | None) -> NotFound | Gone:
    """What a stranger hears: 410 only where something public was taken away for good, else 404."""
    for_good = state in (PostState.REMOVED, PostState.WITHDRAWN, PostState.REJECTED)
    return Gone() if for_good and published_at is not None else NotFound()


# --- the thread -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostView:
    """A published post as a page shows it, the same for every reader. ``html`` is safe as it is."""

    id: int
    kind: PostKind
    question_id: int
    parent_id: int | None
    author_id: int | None
    author: MemberCard
    html: Markup
    state: PostState
    language: str
    version: int
    kudos_count: int
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    official: bool = False
    endorsed: bool = False
    accepted: bool = False
    also_solved: bool = False
    verified_owner: bool = False
    accepted_how: AcceptedHow | None = None
    proposed: bool = False
    reply_kind: ReplyKind = ReplyKind.ANSWER
    helped_count: int = 0
    not_helped_count: int = 0
    comments: tuple[PostView, ...] = ()
    comment_count: int = 0

    @property
    def asks_helped(self) -> bool:
        """Whether readers are asked if it helped them: what is, or may become, the solution (design/UX.md §5)."""
        return self.accepted or self.also_solved or self.official or self.endorsed or self.proposed

    @property
    def shown_at(self) -> datetime:
        """The moment the page prints."""
        return self.published_at or self.created_at

    @property
    def is_official(self) -> bool:
        """The name the tables use for ``official``."""
        return self.official

    @property
    def thread_id(self) -> int:
        """The question this post belongs to."""
        return self.question_id

    @property
    def anchor(self) -> str:
        """Where the post stands on its page."""
        return {PostKind.QUESTION: "question", PostKind.ANSWER: f"a-{self.id}"}.get(self.kind, f"c-{self.id}")


@dataclass(frozen=True, slots=True)
class QuestionHead(StateOfHelp):
    """What the page says about the question itself. Has the names a permission asks of a question."""

    id: int
    title: str
    slug: str
    language: str
    state: PostState
    held_reasons: tuple[str, ...]
    author_id: int | None
    category_id: int
    help_state: HelpState
    accepted_answer_id: int | None
    official_answer_id: int | None
    answer_count: int
    comment_count: int
    me_too_count: int
    follower_count: int
    view_count: int
    created_at: datetime
    published_at: datetime | None
    active_at: datetime
    first_answer_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    closed_reason: str | None
    product_id: int | None
    details: dict[str, Any]
    removed_count: int
    locked_at: datetime | None
    locked_reason: str | None
    merged_into_id: int | None
    has_kin: bool
    duplicate_id: int | None
    duplicate_title: str | None
    duplicate_slug: str | None
    accepted_how: AcceptedHow | None = None
    accepted_at: datetime | None = None
    outscored_at: datetime | None = None
    self_solved_at: datetime | None = None
    presumed_at: datetime | None = None
    info_post_id: int | None = None
    incident_at: datetime | None = None
    incident_over_at: datetime | None = None
    private_at: datetime | None = None
    proposed_answer_id: int | None = None
    proposed_at: datetime | None = None
    visitor_me_too_count: int = 0
    kind: PostKind = PostKind.QUESTION

    @property
    def closed(self) -> bool:
        """No more answers are taken."""
        return self.closed_at is not None

    @property
    def locked(self) -> bool:
        """No more is written or changed here, whatever the help state."""
        return self.locked_at is not None

    @property
    def solved_minutes(self) -> int | None:
        """Minutes from publication to the solution, when both are known."""
        if not (self.resolved_at and self.published_at) or self.resolved_at < self.published_at:
            return None
        return int((self.resolved_at - self.published_at).total_seconds() // 60)


_HEAD = (
    _question.c.id, _question.c.title, _question.c.slug, _post.c.language, _post.c.state, _post.c.held_reasons,
    _post.c.author_id, _question.c.category_id, _question.c.help_state, _question.c.accepted_answer_id,
    _question.c.official_answer_id, _question.c.answer_count, _question.c.comment_count, _question.c.me_too_count,
    _question.c.visitor_me_too_count,    _question.c.follower_count, _question.c.view_count, _post.c.created_at, _post.c.published_at,
    _question.c.active_at, _question.c.first_answer_at, _question.c.resolved_at, _question.c.closed_at,
    _question.c.closed_reason, _question.c.product_id, _question.c.details, _question.c.locked_at,
    _question.c.locked_reason, _question.c.merged_into_id, _question.c.accepted_how, _question.c.accepted_at,
    _question.c.outscored_at, _question.c.self_solved_at, _question.c.presumed_at, _question.c.info_post_id,
    _question.c.incident_at, _question.c.incident_over_at, _question.c.private_at, _question.c.proposed_answer_id,
    _question.c.proposed_at,
)  # fmt: skip
VIEW = (
    _post.c.id, _post.c.kind, _post.c.question_id, _post.c.parent_id, _post.c.author_id, _post.c.body_html,
    _post.c.state, _post.c.language, _post.c.version, _post.c.kudos_count, _post.c.created_at, _post.c.published_at,
    _post.c.edited_at, _post.c.is_official, _post.c.endorsed_at, _post.c.verified_owner, _post.c.reply_kind,
    _post.c.helped_count, _post.c.not_helped_count, _post.c.also_solves_id,
)  # fmt: skip


def _head_statement() -> Select[Any]:
    """The statement of :func:`question_head`, built once: each alias copies all columns of its table."""
    removed, other, other_post = aliased(_post), aliased(_question), aliased(_post)
    removed_count = (
        select(func.count())
        .where(removed.c.question_id == _question.c.id, removed.c.kind == PostKind.ANSWER)
        .where(removed.c.state == PostState.REMOVED, removed.c.published_at.is_not(None))
        .scalar_subquery()
    )
    link, merged = PostLink.__table__, aliased(_question)
    here = or_(link.c.linked_id == _question.c.id, link.c.question_id == _question.c.id)
    has_kin = or_(
        select(link.c.id).where(here).exists(),
        select(merged.c.id).where(merged.c.merged_into_id == _question.c.id).exists(),
    )
    return (
        select(
            *_HEAD, removed_count.label("removed_count"), has_kin.label("has_kin"), other.c.id.label("duplicate_id"),
            other.c.title.label("duplicate_title"), other.c.slug.label("duplicate_slug"),
            _post.c.kind, _post.c.question_id, _post.c.parent_id, _post.c.body_html, _post.c.version,
            _post.c.kudos_count, _post.c.edited_at, _post.c.is_official, _post.c.endorsed_at, _post.c.verified_owner,
            _post.c.reply_kind, _post.c.helped_count, _post.c.not_helped_count, _post.c.also_solves_id,
        )
        .select_from(
            _question.join(_post, _question.c.id == _post.c.id)
            .outerjoin(
                other_post,
                and_(other_post.c.id == _question.c.duplicate_of_id, other_post.c.state == PostState.PUBLISHED),
            )
            .outerjoin(other, other.c.id == other_post.c.id)
        )
        .where(_question.c.id == bindparam("question_id"))
    )  # fmt: skip


_HEAD_STATEMENT = _head_statement()


def question_head(question_id: int) -> tuple[QuestionHead, Any] | None:
    """The question, whatever its state, and the row of its own post; None when there is no such question."""
    row = db.session.execute(_HEAD_STATEMENT, {"question_id": question_id}).first()
    if row is None:
        return None
    values = {column.name: getattr(row, column.name) for column in _HEAD}
    values["held_reasons"] = tuple(values["held_reasons"] or ())
    names = ("removed_count", "has_kin", "duplicate_id", "duplicate_title", "duplicate_slug")
    return QuestionHead(**values, **{name: getattr(row, name) for name in names}), row


def views(rows: Iterable[Any], head: QuestionHead, comments: Iterable[Any] = ()) -> dict[int, PostView]:
    """Rows of posts as views by id, their comments inside; authors are loaded in one statement."""
    rows, comments = list(rows), list(comments)
    authors = cards({row.author_id for row in (*rows, *comments) if row.author_id})
    under: dict[int, list[PostView]] = {}
    together: dict[int, int] = {}
    for row in comments:
        under.setdefault(row.parent_id, []).append(_view(row, head, authors))
        together[row.parent_id] = row.together
    return {
        row.id: replace(
            _view(row, head, authors),
            comments=tuple(under.get(row.id, ())),
            comment_count=together.get(row.id, 0),
        )
        for row in rows
    }


def _view(row: Any, head: QuestionHead, authors: Cards) -> PostView:
    edited = (
        row.edited_at if row.published_at and row.edited_at and row.edited_at > row.published_at else None
    )
    return PostView(
        id=row.id,
        kind=PostKind(row.kind),
        question_id=row.question_id or row.id,
        parent_id=row.parent_id,
        author_id=row.author_id,
        author=authors.get(row.author_id, FORMER_MEMBER),
        html=Markup(row.body_html),  # noqa: S704 - sanitised when it was written
        state=PostState(row.state),
        language=row.language,
        version=row.version,
        kudos_count=row.kudos_count,
        created_at=row.created_at,
        published_at=row.published_at,
        edited_at=edited,
        official=bool(row.is_official) or row.id == head.official_answer_id,
        endorsed=row.endorsed_at is not None,
        accepted=row.id == head.accepted_answer_id,
        also_solved=row.also_solves_id == head.id and head.accepted_answer_id not in (None, row.id),
        verified_owner=bool(row.verified_owner),
        accepted_how=head.accepted_how if row.id == head.accepted_answer_id else None,
        proposed=row.id == head.proposed_answer_id,
        reply_kind=ReplyKind(row.reply_kind),
        helped_count=row.helped_count,
        not_helped_count=row.not_helped_count,
    )


def answer_rows(
    head: QuestionHead, *criteria: Any, order: Iterable[Any] = (), limit: int | None = None
) -> list[Any]:
    """Published answers of a question as rows for :func:`views`."""
    query = select(*VIEW).where(
        _post.c.question_id == head.id,
        _post.c.kind == PostKind.ANSWER,
        _post.c.state == PostState.PUBLISHED,
        *criteria,
    )
    return list(db.session.execute(query.order_by(*order).limit(limit)))


def comment_rows(parent_ids: Iterable[int]) -> list[Any]:
    """The first published comments under each of these posts, oldest first; ``together`` is how many there are."""
    order = (_post.c.published_at, _post.c.id)
    same = {"partition_by": _post.c.parent_id}
    found = (
        select(*VIEW, func.row_number().over(**same, order_by=order).label("place"))
        .add_columns(func.count().over(**same).label("together"))
        .where(*published_comments(_post.c.parent_id.in_(list(parent_ids))))
        .subquery()
    )
    query = select(found).where(found.c.place <= COMMENTS_A_POST)
    return list(db.session.execute(query.order_by(found.c.published_at, found.c.id)))


def published_comments(which: Any) -> tuple[Any, ...]:
    """The criteria of comments that everybody may read."""
    return which, _post.c.kind == PostKind.COMMENT, _post.c.state == PostState.PUBLISHED


def tags_of(question_id: int) -> tuple[tuple[str, str], ...]:
    """A question's tags as (key, label)."""
    query = select(Tag.key, Tag.label).join(QuestionTag, QuestionTag.tag_id == Tag.id)
    return tuple(
        (key, label) for key, label in db.session.execute(query.where(QuestionTag.question_id == question_id))
    )


def unpublished_posts(post_ids: Iterable[int]) -> list[Post]:
    """Posts that wait or were refused, oldest first; for readers `thread.own` allowed them to."""
    return list(
        db.session.scalars(select(Post).where(Post.id.in_(list(post_ids))).order_by(Post.created_at, Post.id))
    )


def question_of(post: Post) -> Question:
    """The question a post belongs to (itself for a question)."""
    if isinstance(post, Question):
        return post
    question = db.session.scalar(select(Question).where(Question.id == post.thread_id))
    if question is None:  # a review: it has pages of its own
        raise NotFound()
    return question


def has_pending_edit(post_id: int) -> bool:
    """Whether an edit of this post waits for a review."""
    return bool(db.session.scalar(select(exists().where(PendingEdit.post_id == post_id))))
