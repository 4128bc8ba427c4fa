"""The page on which a member reports a post."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common import text
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _
from common.web import actor, client_key, localized
from forum.questions.models import Question
from forum.questions.rules import PostState
from forum.questions.writing import visible_post
from moderation.flags import flagging
from moderation.flags.permissions import can_flag
from moderation.flags.rules import FlagReason
from moderation.review.wording import FLAGS

flags: Blueprint = localized("flags", __name__)


def _place(question: Question, post_id: int) -> str:
    anchor = None if question.id == post_id else f"a-{post_id}"
    return url_for("questions.show", id=question.id, slug=question.slug, _anchor=anchor)


def _page(post_id: int, trouble: Refusal | None = None) -> Response:
    post, question = visible_post(actor(), post_id)
    if post.state != PostState.PUBLISHED:
        raise NotFound()
    body = render_template(
        "moderation/flags/flag.html", post=post, question=question, reasons=FLAGS, trouble=trouble,
        typed=request.form, verdict=can_flag(actor(), post), back=_place(question, post_id),
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
    _post, question = visible_post(actor(), id)
    back = _place(question, id)
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
    _post, question = visible_post(actor(), id)
    flagging.withdraw_flag(actor(), id)
    flash(str(_("Your report is taken back.")))
    return redirect(_place(question, id), 303)
