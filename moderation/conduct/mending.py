"""A refused text is taken up again: it stands in its form as a draft, to be mended and sent anew (design/UX.md, page 31)."""

from __future__ import annotations

from dataclasses import dataclass

from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.content.reviews.forms import fields_of, typed_of
from forum.content.reviews.models import Review
from forum.content.reviews.writing import draft_of
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
    """Where the text can be mended: which form, and of which product, thread or post."""

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
        refused = (
            db.session.get(RefusedEdit, statement_id) if statement.measure == Measure.EDIT_REJECTED else None
        )
        if isinstance(post, Review):
            return _mend_review(actor, post, refused)
        form, title, body = _form_of(post), post.heading or "", post.body
        if refused is not None:
            form, title, body = Form("edit", post.id), refused.title or "", refused.body
        if place := _PLACES.get(form.kind):
            save_draft(actor, place.format(form.id), title=title, body=body)
        return form


_PLACES = {"ask": "ask", "answer": "answer:{}", "comment": "comment:{}", "edit": "edit:{}"}


def _mend_review(actor: Actor, review: Review, refused: RefusedEdit | None) -> Form:
    """The form of a product's review: a new one after a refusal, the old one after a refused change."""
    words = (refused.title, refused.body) if refused is not None else (None, None)
    typed = typed_of(review, *words)
    place, kind = draft_of(review.product_id), "review" if refused is None else "edit-review"
    save_draft(actor, place, title=typed.title, body=typed.text, fields=fields_of(typed))
    return Form(kind, review.product_id if refused is None else review.id)


def _form_of(post: Post) -> Form:
    kind = PostKind(post.kind)
    if kind == PostKind.QUESTION:
        return Form("ask")
    if kind == PostKind.ANSWER:
        return Form("answer", post.thread_id, post.thread_id)
    if kind == PostKind.COMMENT:
        return Form("comment", getattr(post, "parent_id", None) or post.thread_id, post.thread_id)
    raise NotFound()
