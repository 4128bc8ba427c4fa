"""The one writer of post states: what becomes visible, what waits, what goes away and comes back.

Whether a text is published at once is asked of the package above through a port (:func:`set_screener`); by
default everything is. The screener sees the text *before* it is stored, so what it masks is kept nowhere.
Downstream reacts to publication, never to creation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.identity.keeping import note_source
from common import clock, freshness, text
from common.db import db, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work
from forum import events, recording
from forum.categories.models import Category
from forum.images import seeing as pictures
from forum.masks.wearing import under_mask
from forum.mentions import linking
from forum.questions.models import Post, Question, Revision
from forum.questions.rules import SENT_BACK, CategoryPolicy, Move, PostState, sources
from forum.screening import Screening, Submission
from forum.suggestions.waiting import (
    Wording,
    carry_on,
    redact_waiting,
    set_aside,
    wait_again,
    waiting_edit,
    wording_of,
)

Screener = Callable[[Submission], Screening]


def publish_everything(submission: Submission) -> Screening:
    """The screener of a forum that runs alone."""
    return Screening(submission.title, submission.body)


_screener: Screener = publish_everything


def set_screener(screener: Screener) -> None:
    """Fill the port. Called once by the application."""
    global _screener
    _screener = screener


def submit(
    actor: Actor,
    post: Post,
    category: Category,
    composed_seconds: float | None = None,
    policy: CategoryPolicy | None = None,
    read_up_to: int | None = None,
) -> Screening:
    """Screen, render and store a new post, and publish it or hold it. Needs an open unit of work.

    Whoever wears a mask in the thread writes under it, whatever the verb above did.
    """
    if post.question_id is not None:
        actor = under_mask(actor, post.question_id)
        post.author_id = actor.member_id
    screening = _screener(
        Submission(
            actor, post.kind, post.heading, post.body, category, post.question_id, composed_seconds=composed_seconds,
            own_policy=policy, language=post.language, read_up_to=read_up_to,
        )
    )  # fmt: skip
    if screening.masked:
        post.take({"masked": True})
    _write_text(post, screening.title, screening.body)
    now = clock.now()
    post.created_at = now
    post.state = PostState.HELD if screening.held else PostState.PUBLISHED
    post.held_reasons = list(screening.reasons)
    post.published_at = None if screening.held else now
    db.session.add(post)
    db.session.flush()
    _keep_revision(post, actor, "")
    pictures.carry(post, actor.member_id)
    note_source(actor.person_id, "post", post.id, "create")
    if screening.then is not None:
        screening.then(post.id)
    if screening.held:
        record(events.PostHeld(post.id, post.author_id, screening.reasons, post.version))
    else:
        recording.published(post)
    return screening


def screen_edit(
    actor: Actor, post: Post, title: str | None, body: str, category: Category, reason: str,
    policy: CategoryPolicy | None = None, moved: bool = False,
) -> Screening:  # fmt: skip
    """What the screener says to a new text of a post and to the reason for it, in a category that it may be ``moved`` to;
    nothing is stored."""
    screening = _screener(
        Submission(
            actor, post.kind, title, body, category, post.question_id, post.id, post.body, post.heading, own_policy=policy,
            language=post.language, note=reason, moved=moved,
        )
    )  # fmt: skip
    return screening if screening.note is not None else replace(screening, note=reason)


def submit_edit(
    actor: Actor,
    post: Post,
    title: str | None,
    body: str,
    category: Category,
    reason: str,
    expected_version: int,
    facts: dict[str, Any] | None = None,
    policy: CategoryPolicy | None = None,
    moved: bool = False,
) -> Screening:
    """Store a new version, or set it aside for review while the old one stays visible. ``facts``: see ``Post.take``.

    Raises :class:`Conflict` when the post is not at ``expected_version`` any more.
    """
    screening = screen_edit(actor, post, title, body, category, reason, policy, moved)
    reason = screening.note or ""
    if screening.masked:
        facts = {**(facts or {}), "masked": True}
    note_source(actor.person_id, "post", post.id, "change")
    if screening.held and post.state == PostState.PUBLISHED:
        wanted = Wording(screening.title, screening.body, facts)
        set_aside(actor, post, wanted, screening.reasons, reason, expected_version)
    else:
        post_id = post.id
        _apply_edit(actor.member_id, post, screening.title, screening.body, reason, expected_version, facts)
        if screening.then is not None:
            screening.then(post_id)
    return screening


def release_edit(actor: Actor, post_id: int) -> None:
    """Publish the edit that was set aside."""
    with unit_of_work():
        pending, post = waiting_edit(post_id), load(post_id)
        wrote, words, why = pending.editor_id, (pending.title, pending.body), pending.reason
        facts = pending.facts
        db.session.delete(pending)
        db.session.flush()
        _apply_edit(wrote, post, *words, why, post.version, facts)


def unrelease_edit(post_id: int, version: int, reasons: tuple[str, ...], since: datetime) -> None:
    """Undo the release of an edit, which waits again since then: the version before is the newest, as if there had been no
    other. Inside the open unit of work. Raises :class:`Conflict` when the text is no longer as the release left it."""
    versions = select(Revision).where(Revision.post_id == post_id, Revision.version <= version)
    made, before = db.session.scalars(versions.order_by(Revision.version.desc()).limit(2)).all()
    stands = (Post.id == post_id, Post.version == version, Post.state == PostState.PUBLISHED)
    edited_at = before.created_at if before.version > 1 else None
    if not update_where(Post, *stands, version=before.version, edited_at=edited_at):
        raise Conflict(_("This text has changed since the decision, which stays."))
    words = Wording(made.title, made.body, made.facts)
    wait_again(post_id, words, made.editor_id, made.reason, before.version, reasons, since)
    post = load(post_id)
    _write_text(post, before.title, before.body)
    post.take(before.facts)
    db.session.delete(made)
    db.session.flush()
    pictures.drop(post_id, words.body)
    recording.edited(post, before.editor_id)


def put_through(
    editor_id: int | None, post_id: int, title: str | None, body: str, facts: dict[str, Any] | None
) -> None:
    """Make a change after all that had been refused: the refusal was wrong. Inside the open unit of work."""
    post = load(post_id)
    _apply_edit(editor_id, post, title, body, "", post.version, facts)


def reject_edit(actor: Actor, post_id: int) -> None:
    """Drop the edit that was set aside; the visible version stays."""
    with unit_of_work():
        db.session.delete(waiting_edit(post_id))


def release(actor: Actor, post_id: int) -> Post:
    """Publish a held post; everything downstream happens now."""
    return _move(actor, post_id, Move.RELEASE)


def reject(actor: Actor, post_id: int) -> Post:
    """Refuse a held post, or take a published one away for a rule."""
    return _move(actor, post_id, Move.REJECT)


def hide(actor: Actor, post_id: int) -> Post:
    """Take a post out of sight until somebody decides."""
    return _move(actor, post_id, Move.HIDE)


def remove(actor: Actor, post_id: int) -> Post:
    """Take a post away."""
    return _move(actor, post_id, Move.REMOVE)


def restore(actor: Actor, post_id: int) -> Post:
    """Bring back what was hidden, rejected or removed."""
    return _move(actor, post_id, Move.RESTORE)


def withdraw(actor: Actor, post_id: int) -> Post:
    """Take back one's own post."""
    return _move(actor, post_id, Move.WITHDRAW)


def put_back(actor: Actor, post_id: int, now_in: PostState, back_to: PostState) -> Post:
    """Undo a moderator's decision within seconds: the post is again where it was. Raises :class:`Conflict`
    when it is no longer where the decision left it."""
    with unit_of_work():
        values = {
            "state": back_to,
            "removed_at": None if back_to in (PostState.PUBLISHED, PostState.HELD) else clock.now(),
        }
        if not update_where(Post, Post.id == post_id, Post.state == now_in, **values):
            raise Conflict(_("This post has already been dealt with."))
        post = load(post_id)
        if now_in == PostState.PUBLISHED:
            recording.removed(post, actor.member_id, back_to)
        elif back_to == PostState.PUBLISHED:
            recording.restored(post, actor.member_id)
        return post


def send_back(actor: Actor, post_id: int) -> Post:
    """Ask the author to change a text and send it again; nobody else sees it meanwhile. Raises :class:`Conflict`."""
    with unit_of_work():
        post = load(post_id)
        post = _move(actor, post_id, Move.HIDE) if post.state == PostState.PUBLISHED else post
        if post.state not in (PostState.HELD, PostState.HIDDEN):
            raise Conflict(_("This post has already been dealt with."))
        post.held_reasons = list(dict.fromkeys((*(post.held_reasons or ()), SENT_BACK)))
        return post


def not_sent_back(post: Post) -> None:
    """Its author is not asked for anything any more. Inside the open unit of work."""
    post.held_reasons = [reason for reason in post.held_reasons or () if reason != SENT_BACK]


def merge_away(question_id: int) -> None:
    """A published question goes up in another one. Inside the open unit of work of the merge, which records it."""
    if not update_where(
        Post, Post.id == question_id, Post.state.in_(sources(Move.MERGE)), state=PostState.MERGED
    ):
        raise Conflict(_("This post has already been dealt with."))


def part_again(question_id: int) -> None:
    """The same, undone."""
    merged = Post.state.in_(sources(Move.PART))
    if not update_where(Post, Post.id == question_id, merged, state=PostState.PUBLISHED):
        raise Conflict(_("This post has already been dealt with."))


def redact(actor: Actor, post_id: int, blank: Callable[[str], str]) -> Post:
    """Take words out of a post and of all its versions, so that they are kept nowhere.

    ``blank`` gives a text without them. The version grows; no revision with the words remains.
    """
    with unit_of_work():
        update_where(Post, Post.id == post_id, version=Post.version + 1)
        post = load(post_id)
        _write_text(post, blank(post.heading) if post.heading else None, blank(post.body))
        post.take({"masked": True})
        for kept in db.session.scalars(select(Revision).where(Revision.post_id == post_id)):
            kept.title, kept.body = blank(kept.title) if kept.title else kept.title, blank(kept.body)
            kept.reason = blank(kept.reason)
        redact_waiting(post_id, blank)
        db.session.flush()
        _keep_revision(post, actor, "")
        if post.state == PostState.PUBLISHED:
            recording.edited(post, actor.member_id)
        return post


def load(post_id: int) -> Post:
    """The post, whatever its state. Raises :class:`NotFound`."""
    post = db.session.scalar(select(Post).where(Post.id == post_id).execution_options(populate_existing=True))
    if post is None:
        raise NotFound()
    return post


def rerender(post: Post) -> None:
    """Make the HTML from the Markdown, with links to the members it names."""
    post.body_html = linking.render(post.body)
    post.render_version = text.RENDER_VERSION


def _move(actor: Actor, post_id: int, move: Move) -> Post:
    with unit_of_work():
        before = load(post_id)
        was_visible, ever_published = before.state == PostState.PUBLISHED, before.published_at is not None
        if move is Move.RESTORE and isinstance(before, Question) and before.merged_into_id is not None:
            move = Move.REJOIN  # what was written under it stands under the other one
        target = _TARGETS[move]
        values: dict[str, object] = {"state": target}
        if target == PostState.PUBLISHED and not ever_published:
            values["published_at"] = clock.now()
        values["removed_at"] = None if target in (PostState.PUBLISHED, PostState.MERGED) else clock.now()
        if not update_where(
            Post, Post.id == post_id, Post.state.in_(sources(move)), Post.state == before.state, **values
        ):
            raise Conflict(_("This post has already been dealt with."))
        post = load(post_id)
        if target != PostState.HIDDEN:
            not_sent_back(post)
        if target == PostState.PUBLISHED and not ever_published:
            recording.published(post)
        elif target == PostState.PUBLISHED:
            recording.restored(post, actor.member_id)
        elif was_visible:
            recording.removed(post, actor.member_id, target)
        elif ever_published and target not in (PostState.HIDDEN, PostState.MERGED):
            record(events.HiddenPostGone(post.id, post.thread_id, actor.member_id))
        elif isinstance(post, Question) and post.merged_into_id is not None:
            freshness.touch(f"question:{post.merged_into_id}")  # its title stood there
        return post


_TARGETS = {
    Move.RELEASE: PostState.PUBLISHED,
    Move.RESTORE: PostState.PUBLISHED,
    Move.REJOIN: PostState.MERGED,
    Move.REJECT: PostState.REJECTED,
    Move.HIDE: PostState.HIDDEN,
    Move.REMOVE: PostState.REMOVED,
    Move.WITHDRAW: PostState.WITHDRAWN,
}


def _write_text(post: Post, title: str | None, body: str) -> None:
    post.body = body
    if title is not None and post.heading is not None:
        post.title = title
    if isinstance(post, Question):
        post.slug = text.slugify(post.title)
    rerender(post)


def _apply_edit(
    editor_id: int | None, post: Post, title: str | None, body: str, reason: str, version: int,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    now = clock.now()
    if not update_where(
        Post, Post.id == post.id, Post.version == version, version=version + 1, edited_at=now
    ):
        raise Conflict(_("This text was changed in the meantime. Yours is kept below: please compare."))
    post = load(post.id)
    if (
        post.state != PostState.PUBLISHED
    ):  # what was never shown, or was taken away, is not shown as a version
        shown = (Revision.post_id == post.id, Revision.withheld_at.is_(None))
        update_where(Revision, *shown, withheld_at=now)
        post = load(post.id)
    before = wording_of(post)
    _write_text(post, title, body)
    post.take(facts)
    pictures.carry(post, editor_id)
    carry_on(post, before, editor_id)
    db.session.add(
        Revision(
            post_id=post.id, version=post.version, editor_id=editor_id, reason=reason, body=body, created_at=now,
            title=post.heading, facts=post.facts(),
        )
    )  # fmt: skip
    if post.state == PostState.PUBLISHED:
        recording.edited(post, editor_id)
    elif post.state == PostState.HELD or SENT_BACK in (post.held_reasons or ()):
        record(events.PostHeld(post.id, post.author_id, tuple(post.held_reasons), post.version))


def _keep_revision(post: Post, actor: Actor, reason: str) -> None:
    db.session.add(
        Revision(
            post_id=post.id, version=post.version, title=post.heading, body=post.body, editor_id=actor.member_id,
            reason=reason, facts=post.facts(),
        )
    )  # fmt: skip
