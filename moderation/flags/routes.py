"""The page on which a member reports a post."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for

from common import clock, settings, text
from common.db import db
from common.errors import Conflict, Invalid, NotFound, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.web import actor, client_key, localized
from forum.content.reviews.brands.registering import speaks_for_product
from forum.content.reviews.models import Review
from forum.content.reviews.permissions import can_doubt
from forum.content.reviews.queries import one_review
from forum.images.rules import image_keys
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import visible_post
from moderation.flags import flagging, misuse, queries
from moderation.flags.flagging import CameFrom
from moderation.flags.permissions import can_flag, can_flag_for, can_see_reports
from moderation.flags.rules import OF_BRANDS, FlagReason, arrival, arrived_from
from moderation.profile_reports.wording import REASONS as PROFILE_REASONS
from moderation.review.numbers import flag_numbers, misuse_numbers
from moderation.review.wording import FLAGS

flags: Blueprint = localized("flags", __name__)
MOST_PICTURES = 12
ARRIVAL = "came_from"
"""The place in a member's own cookie for the name of the other site that led here, and when."""


def _site_of(address: str) -> str:
    """The name of the site in an address, nothing where there is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def note_arrival() -> None:
    """Before each page: note which other site led a member here. Reports by people sent from one place are a raid."""
    before = _site_of(request.referrer or "")
    if not before or before == request.host or not actor().signed_in:
        return
    host = before.partition(":")[0][:100]
    usual = (*settings.get("moderation.own_domains"), *settings.get("moderation.usual_referrers"))
    if not any(host == one or host.endswith(f".{one}") for one in usual):
        session[ARRIVAL] = arrival(host, clock.now())


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
        fields=getattr(trouble, "fields", {}), typed=request.form, verdict=can_flag(actor(), post), back=back, pictures=image_keys(post.body)[:MOST_PICTURES],
        own=[FLAGS[reason][0] for reason in queries.active_reasons(actor(), post_id)],
        excerpt=text.excerpt(text.plain_from_html(post.body_html), 320),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@flags.get("/posts/<int:id>/flag")
def flag(id: int) -> Any:
    """What is wrong with it?"""
    if not actor().signed_in:
        _post, title, back = _found(id)
        places = {"report": url_for("flags.flag", id=id), "address": url_for("short.answer", id=id)}
        return render_template("moderation/flags/visitor.html", title=title, back=back, **places)
    return _page(id)


@flags.post("/posts/<int:id>/flag")
def send_flag(id: int) -> Any:
    """Report it."""
    _post, _title, back = _found(id)
    try:
        written = request.form.get("reason", "")
        if written not in {reason.value for reason in FlagReason}:
            raise Invalid(fields={"reason": _("Choose what is wrong.")})
        flagging.flag(
            actor(), id, FlagReason(written), request.form.get("note", ""), CameFrom(client_key(), arrived_from(session.get(ARRIVAL), clock.now())),
            request.form.get("picture", "")[:48],
        )  # fmt: skip
    except (Invalid, TooMany) as trouble:
        return _page(id, trouble)
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
    require(can_see_reports(actor()))
    flagging.withdraw_flag(actor(), id)
    flash(str(_("Your report is taken back.")))
    return redirect(url_for("flags.mine"), 303)


@flags.get("/reports")
def mine() -> Any:
    """One's own reports, and what came of them."""
    if not actor().signed_in:
        return redirect(url_for("signin.sign_in", next=url_for("flags.mine")), 303)
    after = request.args.get("after", "")[:60]
    body = render_template(
        "moderation/flags/mine.html", own=queries.own_reports(actor(), after), after=after, reasons=FLAGS,
        profile_reasons=PROFILE_REASONS,
    )  # fmt: skip
    return Response(body, mimetype="text/html", headers={"Cache-Control": "private, no-store"})


@flags.get("/reports/how")
def how() -> str:
    """How reports work: what they do, what they never do, and what becomes of reports without reason."""
    return render_template("moderation/flags/how.html", numbers=flag_numbers(), misuse=misuse_numbers())


@flags.post("/desk/reports/measures/<int:id>/lift")
def lift(id: int) -> Any:
    """Count a member's reports again."""
    misuse.lift(actor(), id)
    flash(str(_("The reports are counted again.")))
    member_id = request.form.get("member", "")
    if member_id.isascii() and member_id.isdigit() and len(member_id) < 10:
        return redirect(url_for("desk.member", id=int(member_id)), 303)
    return redirect(url_for("desk.members"), 303)
