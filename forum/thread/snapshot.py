"""A thread as everybody sees it, kept in this process, and what one reader may do with each of its posts.

The thread (published content only) is the same for every reader: it is kept under its content version, so a
removal is seen by the very next request on every server. What differs from reader to reader is small
(:class:`Rights`); a post's finished HTML is kept per set of rights, and most readers share one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup

from common import clock
from common.freshness import LISTS, SITE, Shelf, versions
from common.i18n import language
from common.permissions import Actor, may_write
from forum.housekeeping.queries import entries
from forum.masks.wearing import mask_rights
from forum.products.queries import ProductCard, product_card
from forum.questions import permissions, queries
from forum.questions.queries import ANSWERS_A_PAGE, PostView, QuestionHead
from forum.questions.rules import PostKind, PostState, ReplyKind
from forum.suggestions.permissions import can_suggest, is_reviewer
from forum.thread import paging
from forum.thread.own import Own
from forum.thread.paging import AnswerSort
from forum.thread.solution_rights import solution_rights

KEPT_THREADS = 300
FRAGMENTS_PER_THREAD = 600
READERS_PER_THREAD = 500
FRESH_SECONDS = 60.0
"""Names and ranks of authors, and relative dates, may be this old."""


@dataclass(frozen=True)
class Thread:
    """One page of a question: its head, the solution and the official answer first, then up to 20 answers.

    ``start`` is how many of the other answers stand on the pages before, where that was counted.
    ``unpinned``: the accepted answer where it stands among the others, because another one is clearly more useful.
    """

    head: QuestionHead
    question: PostView
    solution: PostView | None
    official: PostView | None
    unpinned: PostView | None
    answers: tuple[PostView, ...]
    next: str | None
    tags: tuple[tuple[str, str], ...]
    sort: AnswerSort
    start: int = 0
    product: ProductCard | None = None

    @property
    def posts(self) -> tuple[PostView, ...]:
        """Every question and answer of this page."""
        return tuple(post for post in (self.question, self.solution, self.official) if post) + self.answers

    @cached_property
    def texts(self) -> frozenset[int]:
        """The ids of everything that can be read on this page."""
        return frozenset(text.id for post in self.posts for text in (post, *post.comments))

    @cached_property
    def writers(self) -> frozenset[int | None]:
        """Everybody who wrote something on this page."""
        texts = [*self.posts, *(comment for post in self.posts for comment in post.comments)]
        return frozenset(text.author_id for text in texts)

    @cached_property
    def examples(self) -> tuple[PostView, ...]:
        """One post of each sort: to a reader who wrote nothing here, posts of one sort allow the same."""
        return tuple({_sort(post): post for post in self.posts}.values())

    @cached_property
    def allowed(self) -> dict[Hashable, tuple[Hashable, ...]]:
        """What readers who wrote nothing here may do, by reader and minute; it lives as long as the thread is kept."""
        return {}

    @property
    def others_count(self) -> int:
        """Published answers besides the solution and the official one."""
        featured = {post.id for post in (self.solution, self.official) if post}
        return max(0, self.head.answer_count - len(featured))


def _sort(post: PostView) -> tuple[Hashable, ...]:
    marks = post.accepted, post.also_solved, post.endorsed, post.official, post.proposed
    return post.kind, post.reply_kind, *marks


@dataclass(slots=True)
class Snapshot:
    """A thread and the finished HTML of its posts."""

    thread: Thread
    version: tuple[int, ...]
    until: float
    fragments: dict[Any, Markup] = field(default_factory=dict)


Part = tuple[int, AnswerSort, str, int | None]
"""Which page of which question: its id, the order, the mark it starts after, the answer it is opened at."""

_shelf = Shelf(KEPT_THREADS)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The content versions a page of a question is made from: of the thread, and of everything in lists."""

    thread: tuple[int, ...]
    lists: int


def thread_keys(question_id: int) -> tuple[str, str, str]:
    """What the page of a question is made from."""
    return SITE, f"question:{question_id}", LISTS


def stamp_of(question_id: int) -> Stamp:
    """The versions in force now, in one statement at most."""
    site, question, lists = versions(*thread_keys(question_id))
    return Stamp((site, question), lists)


def snapshot(
    question_id: int,
    sort: AnswerSort = AnswerSort.USEFUL,
    after: str = "",
    answer_id: int | None = None,
    stamp: Stamp | None = None,
) -> Snapshot | None:
    """The thread as it stands now; ``answer_id`` opens the page it stands on. None when there is no such question."""
    version = (stamp or stamp_of(question_id)).thread
    place = (question_id, sort, after, answer_id)
    kept = _shelf.get(place)
    if kept and kept.version == version and time.monotonic() < kept.until:
        return kept
    thread = _thread(question_id, sort, after, answer_id)
    if thread is None:
        return None
    made = Snapshot(thread, version, time.monotonic() + FRESH_SECONDS)
    if thread.head.state != PostState.PUBLISHED:
        return made  # only what everybody sees has a version that grows with each change
    return _shelf.put(place, made)


def last_kept(part: Part) -> Snapshot | None:
    """This page as it was kept last: it may be out of date, so nobody is to be shown it."""
    kept: Snapshot | None = _shelf.get(part)
    return kept


def _thread(question_id: int, sort: AnswerSort, after: str, answer_id: int | None) -> Thread | None:
    found = queries.question_head(question_id)
    if found is None:
        return None
    head, question_row = found
    first = [one for one in (head.pinned_answer_id, head.official_answer_id) if one]
    start = 0
    if answer_id and answer_id not in first and not after:
        start, after = paging.page_of(head, first, sort, answer_id)
    rows = paging.page_rows(head, first, sort, after)
    more, rows = len(rows) > ANSWERS_A_PAGE, rows[:ANSWERS_A_PAGE]
    featured = paging.featured_rows(head, [*first, *_unpinned(head, rows)])
    ids = [head.id, *(row.id for row in (*rows, *featured))]
    comments = queries.comment_rows(ids) if head.comment_count else []
    views = queries.views([question_row, *rows, *featured], head, comments)
    official = views.get(head.official_answer_id or 0)
    return Thread(
        head=head,
        question=views[head.id],
        solution=views.get(head.pinned_answer_id or 0),
        unpinned=views.get(head.accepted_answer_id or 0) if head.pinned_answer_id is None else None,
        official=official if head.official_answer_id != head.pinned_answer_id else None,
        answers=tuple(views[row.id] for row in rows),
        next=paging.mark_of(rows[-1], sort) if more else None,
        tags=queries.tags_of(head.id),
        sort=sort,
        start=start,
        product=product_card(head.product_id),
    )


def _unpinned(head: QuestionHead, rows: Sequence[Any]) -> list[int]:
    """The accepted answer where it stands first no longer and is not on this page: its beginning is shown all the same."""
    answer_id = head.accepted_answer_id if head.outscored_at else None
    return [answer_id] if answer_id and all(row.id != answer_id for row in rows) else []


# --- what a reader may do -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything of a post's card that depends on who reads it. Equal rights give the same HTML.

    ``kudos`` is one of sign-in, own, no, give, given; ``accept`` is empty, accept, replace or undo, ``endorse`` empty,
    endorse or undo; ``reason`` means that the act asks for one (staff). ``propose`` is empty, propose, decide (the asker,
    on a proposed answer), object, also or not-also; ``helped`` is empty, visit (signed out), ask, yes or no; ``kinds`` are
    what the reply may be said to be instead. ``me_too`` and ``follow`` (question only) are sign-in, give/given or
    follow/following, or empty; ``also``: the box beside it was left ticked. ``order``: see forum.housekeeping.
    """

    language: str
    signed_in: bool
    role: str
    writes: bool
    own: bool
    open: bool
    kudos: str
    comment: bool
    edit: bool = False
    withdraw: bool = False
    accept: str = ""
    reason: bool = False
    endorse: str = ""
    propose: str = ""
    helped: str = ""
    kinds: tuple[ReplyKind, ...] = ()
    me_too: str = ""
    also: bool = True
    follow: str = ""
    order: tuple[str, ...] = ()
    own_comments: frozenset[int] = frozenset()
    editable_comments: frozenset[int] = frozenset()
    new: bool = False
    new_comments: frozenset[int] = frozenset()
    suggest: bool = False
    suggestion: bool = False
    mask: str = ""


class Reading:
    """One reader in one thread: answers :meth:`rights` for each post with the questions the verbs ask."""

    def __init__(self, actor: Actor, thread: Thread, own: Own) -> None:
        self.actor, self.thread, self.own = actor, thread, own
        head: Any = thread.head
        self.language = language()
        self.writes = bool(may_write(actor))
        self.open = head.closed_at is None
        self.changes = bool(permissions.can_change_in(actor, head))
        self.comments = self.writes and bool(permissions.can_comment(actor, head))
        self.answers = self.writes and bool(permissions.can_answer(actor, head))
        self.accepts = self.writes and bool(permissions.can_accept(actor, head))
        self._known: dict[Any, Rights] = {}

    @property
    def wrote(self) -> bool:
        """Whether the reader wrote something on this page."""
        return not self.actor.ids.isdisjoint(self.thread.writers)

    def rights(self, post: PostView) -> Rights:
        """What this reader may do with a question or an answer of the thread."""
        own = self._own(post)
        if own or self._own_comments(post) or self._new(post):
            return self._rights(post, own)
        # of what others wrote, posts that are alike allow the same
        own_marks = (post.id in marks for marks in (self.own.kudos, self.own.helped, self.own.not_helped))
        alike = (_sort(post), *own_marks, self._suggestion(post))
        found = self._known.get(alike)
        if found is None:
            found = self._known[alike] = self._rights(post, own)
        return found

    def sameness(self) -> Hashable:
        """Equal for two readers, or two visits, when every card of the page is the same for them."""
        thread = self.thread
        news = (self.own.seen_at is None, self.own.unread, self.own.suggested)
        if self.wrote:
            return *news, *(self.rights(post) for post in thread.posts)
        reader = self.actor, self.own, self.language, int(clock.now().timestamp()) // 60
        known = thread.allowed.get(reader)
        if known is None:
            marks = self.actor.rank, self.own.kudos, self.own.helped, self.own.not_helped
            known = (*marks, *(self._rights(post, False) for post in thread.examples))
            if len(thread.allowed) < READERS_PER_THREAD:
                thread.allowed[reader] = known
        return *news, *known

    def _rights(self, post: PostView, own: bool) -> Rights:
        actor = self.actor
        if not actor.signed_in:
            wants = "sign-in" if post.kind == PostKind.QUESTION else ""
            return Rights(
                self.language, False, actor.role, False, False, self.open, "sign-in", False,
                me_too=wants if self.open else "", follow=wants, helped="visit" if post.asks_helped else "",
            )  # fmt: skip
        return Rights(
            language=self.language,
            signed_in=True,
            role=actor.role,
            writes=self.writes,
            own=own,
            open=self.open,
            kudos=self._kudos(post, own),
            comment=self.comments,
            edit=self._may(permissions.can_edit, post, own),
            withdraw=own and bool(permissions.can_withdraw(actor, _as_post(post), self._helped(post))),
            own_comments=self._own_comments(post),
            editable_comments=self._editable_comments(post),
            order=entries(actor, self.thread.head, post) if self.writes else (),
            new=post.id in self.own.unread_ids,
            new_comments=self._new_comments(post),
            suggest=self.writes and self.changes and bool(can_suggest(actor, _as_post(post))),
            suggestion=self._suggestion(post),
            **(self._question_rights() if post.kind == PostKind.QUESTION else self._answer_rights(post)),
        )

    def _own(self, post: PostView) -> bool:
        return post.author_id in self.actor.ids

    def _may(self, ask: Callable[..., Any], post: PostView, own: bool) -> bool:
        """Asks a permission only where it can be a yes: own posts, and staff."""
        may = self.writes and (own or self.actor.is_staff) and self.changes
        return may and bool(ask(self.actor, _as_post(post)))

    def _kudos(self, post: PostView, own: bool) -> str:
        if post.id in self.own.kudos:
            return "given"
        if own:
            return "own"
        return "give" if self.writes and permissions.can_vote(self.actor, _as_post(post)) else "no"

    def _helped(self, post: PostView) -> bool:
        """Whether a question has published answers, so that it stays."""
        return post.kind == PostKind.QUESTION and self.thread.head.answer_count > 0

    def _suggestion(self, post: PostView) -> bool:
        """Whether a suggested edit waits that concerns this reader."""
        makers = [member_id for post_id, member_id in self.own.suggested if post_id == post.id]
        if not makers:
            return False
        return self.actor.member_id in makers or self._own(post) or is_reviewer(self.actor)

    def _new(self, post: PostView) -> bool:
        return bool(self.own.unread) and (post.id in self.own.unread_ids or bool(self._new_comments(post)))

    def _new_comments(self, post: PostView) -> frozenset[int]:
        return self.own.unread_ids.intersection(comment.id for comment in post.comments)

    def _own_comments(self, post: PostView) -> frozenset[int]:
        return frozenset(comment.id for comment in post.comments if self._own(comment))

    def _editable_comments(self, post: PostView) -> frozenset[int]:
        return frozenset(
            comment.id for comment in post.comments
            if self._own(comment) and self.changes and permissions.can_edit(self.actor, _as_post(comment))
        )  # fmt: skip

    def _question_rights(self) -> dict[str, Any]:
        me_too = "given" if self.own.me_too else ""
        if not me_too and self.writes and self.open:
            me_too = "give" if permissions.can_me_too(self.actor, _as_post(self.thread.question)) else ""
        follow = "following" if self.own.following else "follow"
        return {
            "me_too": me_too,
            "also": self.own.also or me_too != "give",
            "follow": follow,
            "mask": mask_rights(self.actor, self.thread.question.author.is_mask),
        }

    def _answer_rights(self, post: PostView) -> dict[str, Any]:
        accept = ""
        if self.accepts and permissions.can_accept(self.actor, _as_post(self.thread.head), _as_post(post)):
            accept = (
                "undo" if post.accepted else "replace" if self.thread.head.accepted_answer_id else "accept"
            )
        endorse = ""
        if self.actor.is_staff and self.writes and permissions.can_endorse(self.actor, _as_post(post)):
            endorse = "undo" if post.endorsed else "endorse"
        asker = self._own(self.thread.question)
        found = {"accept": accept, "endorse": endorse, "reason": bool(accept) and not asker}
        return found | solution_rights(
            actor=self.actor, head=_as_post(self.thread.head), post=post, own=self.own
        )


def _as_post(view: PostView | QuestionHead) -> Any:
    """A view has the names of a Post that permissions ask for."""
    return view


def fragment(kept: Snapshot, key: Hashable, render: Callable[[], str]) -> Markup:
    """A finished part of the thread for everybody with this key; made once."""
    found = kept.fragments.get(key)
    if found is None:
        if len(kept.fragments) >= FRAGMENTS_PER_THREAD:
            kept.fragments.clear()
        found = kept.fragments[key] = Markup(render())  # noqa: S704 - a template escapes
    return found
