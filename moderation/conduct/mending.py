"""A refused text is taken up again: it stands in its form as a draft, to be mended and sent anew (design/UX.md, page 31)."""

from __future__ import annotations

from dataclasses import dataclass

from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import save_draft
from forum.questions.models import Post
from forum.questions.rules import PostKind
from moderation.sanctions.models import RefusedEdit, Statement
from moderation.sanctions.permissions import can_mend
from moderation.sanctions.queries import is_kept
from moderation.sanctions.rules import Measure
from moderation.sanctions.statements import end_of


@dataclass(frozen=True, slots=True)
class Form:
    """Where the text can be mended: which form, and of which thread or post."""

    kind: str
    id: int = 0
    thread_id: int = 0


def mend(actor: Actor, statement_id: int) -> Form:
    """Put the kept text into its form; returns where that is. What stood there as a draft gives way."""
    with unit_of_work():
        statement = db.session.get(Statement, statement_id)
        if statement is None:
            raise NotFound()
        post = db.session.get(Post, statement.post_id) if statement.post_id else None
        require(can_mend(actor, statement, end_of(statement_id), is_kept(statement, post)))
        if post is None:
            raise NotFound()
        form, title, body = _form_of(post), post.heading or "", post.body
        if statement.measure == Measure.EDIT_REJECTED:
            kept = db.session.get_one(RefusedEdit, statement_id)
            form, title, body = Form("edit", post.id), kept.title or "", kept.body
        if place := _PLACES.get(form.kind):
            save_draft(actor, place.format(form.id), title=title, body=body)
        return form


_PLACES = {"ask": "ask", "answer": "answer:{}", "comment": "comment:{}", "edit": "edit:{}"}


def _form_of(post: Post) -> Form:
    kind = PostKind(post.kind)
    if kind == PostKind.QUESTION:
        return Form("ask")
    if kind == PostKind.ANSWER:
        return Form("answer", post.thread_id, post.thread_id)
    if kind == PostKind.COMMENT:
        return Form("comment", getattr(post, "parent_id", None) or post.thread_id, post.thread_id)
    raise NotFound()
