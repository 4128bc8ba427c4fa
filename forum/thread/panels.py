"""Pieces of the question page: a finished card per post, shared between readers who may do the same.

A card that repeats what somebody typed (a refused comment) is made for that one answer and never kept.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from markupsafe import Markup

from accounts.members.queries import MemberCard, cards
from common import clock
from common.cookies import form_token
from common.errors import Refusal
from common.freshness import Shelf
from common.i18n import Sentence, _, language
from common.permissions import Actor, may_write
from common.web import actor, panel
from forum.claims.panels import answering_of
from forum.drafts.drafting import KeptDraft, load_draft
from forum.fields.queries import facts_of
from forum.invitations.permissions import can_invite
from forum.products.queries import ProductCard
from forum.questions import permissions, queries
from forum.questions.forms import as_id
from forum.questions.models import Post, Question
from forum.questions.queries import PostView
from forum.questions.rules import HelpState, PostKind, PostState, ReplyKind
from forum.thread.quoting import quotation, with_quotation
from forum.thread.snapshot import Reading, Snapshot, fragment


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form was not accepted, for the page that shows it again; ``status`` is the answer's. ``unread_id``: the post of a
    colleague that is read first."""

    sentence: Sentence | str
    status: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None
    unread_id: int | None = None

    @classmethod
    def of(cls, refusal: Refusal) -> Trouble:
        """The same as the verb said it."""
        fields = getattr(refusal, "fields", {})
        retry, unread = getattr(refusal, "retry_after", None), getattr(refusal, "unread_id", None)
        return cls(refusal.sentence, refusal.status, fields, retry, unread)


def with_status(body: str | bytes, trouble: Trouble | None) -> Response:
    """A page with the status of what went wrong, if anything did."""
    response = make_response(body, trouble.status if trouble else 200)
    if trouble and trouble.retry_after:
        response.headers["Retry-After"] = str(trouble.retry_after)
    return response


@dataclass(frozen=True, slots=True)
class Typed:
    """A comment that was refused: shown again under the post it was meant for."""

    post_id: int
    text: str
    error: Sentence | str


@dataclass(frozen=True, slots=True)
class Around:
    """What packages above show of a question, as it stands now."""

    notice: Markup
    waiting: Markup
    aside: Markup
    answer: Markup

    @classmethod
    def of(cls, head: Any) -> Around:
        """Ask every package; the trail of an unanswered question only where there is no answer."""
        waits = head.help_state == HelpState.OPEN or not head.answer_count
        waiting = panel("question.waiting", head) if waits else Markup("")
        return cls(
            panel("question.notice", head),
            waiting,
            panel("question.aside", head),
            panel("question.answer", head),
        )


def _mark(name: str) -> str:
    return f"{name}-{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Holes:
    """Marks in a shared page for what only one request knows. Nobody who writes a text can guess them."""

    token: str = field(default_factory=lambda: _mark("token"))
    opened: str = field(default_factory=lambda: _mark("opened"))
    tools: str = field(default_factory=lambda: _mark("tools"))
    me: str = field(default_factory=lambda: _mark("me"))


HOLES = Holes()
SHARED_PAGES = 400
_pages = Shelf(SHARED_PAGES)


def shared_page(key: Hashable | None, make: Callable[[], str]) -> bytes:
    """A finished page, kept for every member whose key is the same, with its holes filled for this one.

    None as key: the page is this member's alone.
    """
    parts = _cut(make()) if key is None else _pages.fetch(key, lambda: _cut(make()))
    who = actor()
    own = _own_page(language(), who.member_id)
    values = {
        HOLES.tools: panel("header.tools"),
        HOLES.me: own,
        HOLES.opened: str(int(clock.now().timestamp())),
    }
    if HOLES.token in parts:
        values[HOLES.token] = form_token()
    return b"".join(values[part].encode() if isinstance(part, str) else part for part in parts)


@lru_cache(maxsize=20_000)
def _own_page(_language: str, member_id: int | None) -> str:
    return url_for("members.show", id=member_id, slug="me") if member_id else url_for("signin.sign_in")


_MARKS = re.compile("|".join((HOLES.token, HOLES.opened, HOLES.tools, HOLES.me)))


def _cut(page: str) -> tuple[bytes | str, ...]:
    """A page as its finished bytes and, between them, the marks of its holes."""
    parts: list[bytes | str] = []
    at = 0
    for mark in _MARKS.finditer(page):
        parts += [page[at : mark.start()].encode(), mark[0]]
        at = mark.end()
    return (*parts, page[at:].encode())


@dataclass(frozen=True, slots=True)
class Cards:
    """The finished cards of a thread's page."""

    question: Markup
    solution: Markup | None
    official: Markup | None
    answers: tuple[Markup, ...]
    held: tuple[Markup, ...]


def thread_cards(kept: Snapshot, reading: Reading, first_number: int, typed: Typed | None = None) -> Cards:
    """All cards of a page, in the rights of its reader; the numbers of the trail begin at ``first_number``."""
    thread = kept.thread

    def card(post: PostView | None, number: int = 0) -> Markup | None:
        return post_card(kept, post, number, reading, typed) if post else None

    answers = [card(post, number) for number, post in enumerate(thread.answers, start=first_number)]
    return Cards(
        question=card(thread.question) or Markup(""),
        solution=card(thread.solution),
        official=card(thread.official),
        answers=tuple(one for one in answers if one),
        held=held_cards(reading.actor, reading.own.unpublished),
    )


def post_card(
    kept: Snapshot, post: PostView, number: int, reading: Reading, typed: Typed | None = None
) -> Markup:
    """One post as this reader sees it."""
    rights = reading.rights(post)
    repeated = typed if typed and typed.post_id == post.id else None

    def render() -> str:
        name = "_question" if post.kind == PostKind.QUESTION else "_answer"
        head = kept.thread.head
        return render_template(
            f"forum/questions/{name}.html", post=post, rights=rights, number=number, reader=reading.actor,
            thread=_Around(kept.thread.tags, head.me_too_count + head.visitor_me_too_count, kept.thread.product, facts_of(head.details)), typed=repeated.text if repeated else "",
            error=repeated.error if repeated else None,
            here=url_for("questions.show", id=head.id, slug=head.slug, _anchor=post.anchor), title=head.title,
            quoting=url_for("questions.show", id=head.id, slug=head.slug, quote=post.id, _anchor="repondre"),
        )  # fmt: skip

    if repeated:
        return Markup(render())  # noqa: S704 - a template escapes
    return fragment(kept, (post.id, number, rights), render)


@dataclass(frozen=True, slots=True)
class _Around:
    """What the question's own card says beyond its post."""

    tags: tuple[tuple[str, str], ...]
    me_too_count: int
    product: ProductCard | None
    facts: tuple[tuple[str, str], ...]


# --- the box for an answer --------------------------------------------------------------------------------------


def answer_box(reading: Reading, trouble: Trouble | None, answer: str | None) -> dict[str, Any]:
    """What the box for an answer shows: what was typed and refused, or a draft, and what this reader may do."""
    head: Any = reading.thread.head
    draft = load_draft(reading.actor, f"answer:{head.id}") if reading.own.draft and answer is None else None
    may = head.state == PostState.PUBLISHED and reading.answers
    quoted = quotation(reading.thread, as_id(request.args.get("quote")))
    refused = None if reading.writes or not reading.actor.signed_in else may_write(reading.actor).sentence
    return {
        "may_answer": may or (answer is not None and reading.actor.signed_in),
        "refused_because": str(refused) if refused else None,
        "may_ask_details": may and bool(permissions.can_ask_details(reading.actor, head)),
        "answer_kind": kind_of(request.form if answer is not None else draft.fields if draft else {}),
        "answer_follow": "follow" in request.form if answer is not None else _follows(draft),
        "answer_official": answer is not None and request.form.get("official") == "1",
        "may_answer_officially": may and bool(permissions.can_answer_officially(reading.actor, head)),
        "beside_official": may and permissions.stands_beside_official(reading.actor, head),
        "answer_beside": answer is not None and request.form.get("beside") == "1",
        "answer_typed": with_quotation(draft.body if draft else answer or "", quoted)
        if may
        else answer or "",
        "answer_draft": draft is not None,
        "refusal": trouble if answer is not None else None,
        "answering": answering_of(reading),
        "invited": may and not reading.wrote and reading.own.invited_by,
        "may_invite": may and bool(can_invite(reading.actor, head)),
    }


def _follows(draft: KeptDraft | None) -> bool:
    """A box that is not ticked is not among what a draft keeps."""
    return draft is None or not draft.fields or "follow" in draft.fields


def kind_of(form: Mapping[str, Any]) -> ReplyKind:
    """What a reply is said to be; an answer unless something else is said."""
    typed = form.get("kind", "")
    return ReplyKind(typed) if typed in list(ReplyKind) else ReplyKind.ANSWER


# --- what waits or was refused ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeldView:
    """A post that only its author and moderators see, with what the author may do about it."""

    id: int
    kind: PostKind
    state: PostState
    reasons: tuple[str, ...]
    author_id: int | None
    author: MemberCard
    own: bool
    title: str | None
    html: Markup
    created_at: datetime
    edit: bool
    withdraw: bool

    @property
    def headline(self) -> Sentence:
        """What became of it, in one line."""
        if self.own:
            return _OWN[self.kind, self.state]
        return _OTHERS[self.state]

    @property
    def who_sees(self) -> Sentence:
        """Who reads it meanwhile."""
        if not self.own:
            return _("visible to staff and to its author")
        if self.state == PostState.REJECTED:
            return _("visible to you only")
        return _("visible to you only, usually less than 2 hours")


_OWN = {
    (PostKind.QUESTION, PostState.HELD): _("Your question is being reviewed"),
    (PostKind.ANSWER, PostState.HELD): _("Your answer is being reviewed"),
    (PostKind.COMMENT, PostState.HELD): _("Your comment is being reviewed"),
    (PostKind.QUESTION, PostState.HIDDEN): _("Your question is hidden for the moment"),
    (PostKind.ANSWER, PostState.HIDDEN): _("Your answer is hidden for the moment"),
    (PostKind.COMMENT, PostState.HIDDEN): _("Your comment is hidden for the moment"),
    (PostKind.QUESTION, PostState.REJECTED): _("Your question was not published"),
    (PostKind.ANSWER, PostState.REJECTED): _("Your answer was not published"),
    (PostKind.COMMENT, PostState.REJECTED): _("Your comment was not published"),
}
_OTHERS = {
    PostState.HELD: _("Waiting for a review"),
    PostState.HIDDEN: _("Hidden until somebody decides"),
    PostState.REJECTED: _("Refused"),
    PostState.REMOVED: _("Removed"),
    PostState.WITHDRAWN: _("Withdrawn by its author"),
}


def held_cards(actor: Actor, post_ids: tuple[int, ...]) -> tuple[Markup, ...]:
    """Cards of what is not published, for a reader :func:`own.own_marks` found may see it."""
    if not post_ids:
        return ()
    posts = queries.unpublished_posts(post_ids)
    authors = cards(post.author_id for post in posts)
    return tuple(held_card(actor, post, authors[post.author_id]) for post in posts)


def held_card(actor: Actor, post: Post, author: MemberCard) -> Markup:
    """One such card."""
    own = permissions.is_own(actor, post)
    state = PostState(post.state)
    held = HeldView(
        id=post.id,
        kind=PostKind(post.kind),
        state=state,
        reasons=tuple(post.held_reasons or ()),
        author_id=post.author_id,
        author=author,
        own=own and (PostKind(post.kind), state) in _OWN,
        title=post.title if isinstance(post, Question) else None,
        html=Markup(post.body_html),  # noqa: S704 - sanitised when it was written
        created_at=post.created_at,
        edit=bool(permissions.can_edit(actor, post)),
        withdraw=bool(permissions.can_withdraw(actor, post)),
    )
    return Markup(render_template("forum/questions/_held.html", held=held, reader=actor))  # noqa: S704 - a template
