"""The page on which a member reports a post."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common import text
from common.db import db
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _
from common.web import actor, client_key, localized
from forum.content.reviews.brands.registering import speaks_for_product
from forum.content.reviews.models import Review
from forum.content.reviews.permissions import can_doubt
from forum.content.reviews.queries import one_review
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import visible_post
from moderation.flags import flagging
from moderation.flags.permissions import can_flag, can_flag_for
from moderation.flags.rules import OF_BRANDS, FlagReason
from moderation.review.wording import FLAGS

flags: Blueprint = localized("flags", __name__)


def _found(post_id: int) -> tuple[Post, str, str]:
    """A post the reader may see, the title it stands under, and the way back to it."""
    post = db.session.get(Post, post_id)
    if post is not None and post.kind in (PostKind.REVIEW, PostKind.REVIEW_REPLY):
        review = one_review(actor(), post_id)
        return post, review.title, url_for("reviews.show", id=review.id)
    post, question = visible_post(actor(), post_id)
    anchor = None if question.id == post_id else f"a-{post_id}"
    return post, question.title, url_for("questions.show", id=question.id, slug=question.slug, _anchor=anchor)


def _reasons(post: Post) -> dict[str, Any]:
    """The reasons to choose from; a doubt about authenticity is for the maker of the reviewed product."""
    may_doubt = isinstance(post, Review) and can_doubt(
        actor(), speaks_for_product(actor().member_id, post.product_id)
    )
    return {
        key: words
        for key, words in FLAGS.items()
        if (may_doubt if key in OF_BRANDS else can_flag_for(actor(), FlagReason(key)))
    }


def _page(post_id: int, trouble: Refusal | None = None) -> Response:
    post, title, back = _found(post_id)
    if post.state != PostState.PUBLISHED:
        raise NotFound()
    body = render_template(
        "moderation/flags/flag.html", post=post, title=title, reasons=_reasons(post), trouble=trouble,
        typed=request.form, verdict=can_flag(actor(), post), back=back,
        excerpt=text.excerpt(text.plain_from_html(post.body_html), 320),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@flags.get("/posts/<int:id>/flag")
def flag(id: int) -> Any:
    """What is wrong with it?"""
    if not actor().signed_in:
        return redirect(url_for("signin.sign_in", next=url_for("flags.flag", id=id)), 303)
    return _page(id)


@flags.post("/posts/<int:id>/flag")
def send_flag(id: int) -> Any:
    """Report it."""
    _post, _title, back = _found(id)
    try:
        written = request.form.get("reason", "")
        if written not in {reason.value for reason in FlagReason}:
            raise Invalid(fields={"reason": _("Choose what is wrong.")})
        flagging.flag(actor(), id, FlagReason(written), request.form.get("note", ""), origin=client_key())
    except Invalid as invalid:
        return _page(id, invalid)
    except Conflict as conflict:
        flash(str(conflict.sentence))
        return redirect(back, 303)
    flash(
        str(
            _(
                "Thank you. The team reads it and tells you what came of it. Nobody else knows that you reported it."
            )
        )
    )
    return redirect(back, 303)


@flags.post("/posts/<int:id>/unflag")
def withdraw_flag(id: int) -> Any:
    """Take the report back."""
    _post, _title, back = _found(id)
    flagging.withdraw_flag(actor(), id)
    flash(str(_("Your report is taken back.")))
    return redirect(back, 303)
