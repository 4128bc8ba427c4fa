"""An edit that waits for a review while the version before stays visible: set aside, carried onto what comes meanwhile, ended.

Needs an open unit of work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from accounts.masks.queries import person_behind
from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import record
from forum import events
from forum.questions.models import Draft, PendingEdit, Post
from forum.suggestions.models import SuggestedEdit


class Wording(NamedTuple):
    """What an edit can change: title, body, and what else a version says (``Post.facts``)."""

    title: str | None
    body: str
    facts: dict[str, Any] | None = None


def wording_of(post: Post) -> Wording:
    """What a post says now."""
    return Wording(post.heading, post.body, post.facts())


def waiting_edit(post_id: int) -> PendingEdit:
    """The edit that waits. Raises :class:`NotFound`."""
    pending = db.session.get(PendingEdit, post_id, populate_existing=True)
    if pending is None:
        raise NotFound(_("There is no edit to decide any more."))
    return pending


def set_aside(
    actor: Actor, post: Post, wanted: Wording, reasons: tuple[str, ...], reason: str, version: int
) -> None:
    """Keep an edit of the version that stands; it replaces one that waited. Raises :class:`Conflict`."""
    if not update_where(Post, Post.id == post.id, Post.version == version, version=version):
        raise Conflict(_("This text was changed in the meantime. Yours is kept below: please compare."))
    db.session.merge(
        PendingEdit(
            post_id=post.id, **wanted._asdict(), editor_id=actor.member_id, reason=reason, base_version=version,
            held_reasons=list(reasons), created_at=clock.now(),
        )
    )  # fmt: skip
    record(events.EditHeld(post.id, post.author_id, reasons, version + 1))


def wait_again(
    post_id: int, words: Wording, editor_id: int | None, reason: str, version: int, reasons: tuple[str, ...], since: datetime
) -> None:  # fmt: skip
    """An edit that was decided waits as it did since then: the decision was undone. Raises :class:`Conflict` when another
    waits by now."""
    waits = {"base_version": version, "held_reasons": list(reasons), "created_at": since}
    if not insert_once(
        PendingEdit, post_id=post_id, **words._asdict(), editor_id=editor_id, reason=reason, **waits
    ):
        raise Conflict(_("Another change of this text waits by now: the decision stays."))


def carry_on(post: Post, before: Wording, editor_id: int | None) -> None:
    """A post says something else now: the edit that waits keeps what it changes, and takes over the rest.

    Where both changed the same, it is over: its words become a draft of who sent it, who hears of it.
    """
    pending = db.session.get(PendingEdit, post.id, populate_existing=True)
    if pending is None:
        return
    now, said = wording_of(post), pending.facts or {}
    facts = (
        {key: said.get(key, value) for key, value in before.facts.items()} if before.facts else before.facts
    )
    fields = list(zip(before, now, Wording(pending.title, pending.body, facts), strict=True))
    collides = any(wanted not in (old, new) and old != new for old, new, wanted in fields)
    if collides:
        _keep_words(pending)
    elif any(wanted not in (old, new) for old, new, wanted in fields):
        merged = Wording._make(new if wanted == old else wanted for old, new, wanted in fields)
        pending.title, pending.body, pending.base_version = merged.title, merged.body, post.version
        pending.facts = {**said, **merged.facts} if merged.facts else pending.facts
        return
    record(
        events.HeldEditEnded(post.id, post.thread_id, pending.editor_id, editor_id, post.version, collides)
    )
    db.session.delete(pending)


def redact_waiting(post_id: int, blank: Callable[[str], str]) -> None:
    """Take words out of the edit that waits and of what was suggested, too."""
    pending = db.session.get(PendingEdit, post_id, populate_existing=True)
    if pending is not None:
        pending.title = blank(pending.title) if pending.title else pending.title
        pending.body, pending.reason = blank(pending.body), blank(pending.reason)
    for one in db.session.scalars(select(SuggestedEdit).where(SuggestedEdit.post_id == post_id)):
        one.title = blank(one.title) if one.title else one.title
        one.body, one.reason = blank(one.body), blank(one.reason)


def _keep_words(pending: PendingEdit) -> None:
    person_id = person_behind(pending.editor_id)
    if person_id is not None:
        begun = {"version": str(pending.base_version), "reason": pending.reason}
        insert_once(
            Draft, member_id=person_id, place=f"edit:{pending.post_id}", title=pending.title or "", body=pending.body,
            fields=begun, updated_at=clock.now(),
        )  # fmt: skip
