"""Pages of mentoring: one's own, and the one a pair shares. Never kept by a cache, never indexed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.members.queries import by_names
from accounts.settings.routes import members_only
from common.errors import Conflict, Invalid, Refusal
from common.i18n import Sentence, _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.forms import as_id
from rewards.mentoring import ending, pairing, queries
from rewards.mentoring.permissions import can_ask, can_mentor
from rewards.mentoring.rules import WORDS_MOST

blueprint = localized("mentoring", __name__)
ANY_ID = "int(max=2147483647)"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@blueprint.get("/mentoring")
@members_only
def index() -> Any:
    """Ask for a mentor, or accompany."""
    return _index()


def _index(refusal: Refusal | None = None) -> Any:
    html = render_template(
        "rewards/mentoring/index.html", here="rewards", board=queries.board(actor()), trouble=refusal,
        errors=getattr(refusal, "fields", {}) if refusal else {}, typed=request.form if refusal else {},
        areas=[(str(one.id), one.name) for one in categories()], longest=WORDS_MOST,
    )  # fmt: skip
    return html, refusal.status if refusal else 200, PRIVATE


@blueprint.get(f"/mentoring/<{ANY_ID}:id>")
@members_only
def show(id: int) -> Any:
    """The page of a pair."""
    return (
        render_template("rewards/mentoring/show.html", here="rewards", pair=queries.pair(actor(), id)),
        200,
        PRIVATE,
    )


@blueprint.post("/mentoring")
@members_only
def ask() -> Any:
    """Ask for a mentor."""
    require(can_ask(actor()))
    form = request.form
    try:
        pairing.ask(
            actor(), as_id(form.get("category")), form.get("words", "")[:5000], form.get("agrees") == "1"
        )
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    return _back(_("Asked: the mentors are told."))


@blueprint.post(f"/mentoring/<{ANY_ID}:id>/take")
@members_only
def take(id: int) -> Any:
    """Accompany somebody who asked."""
    require(can_mentor(actor()))
    try:
        pairing.take(actor(), id)
    except Conflict as refusal:
        return _index(refusal)
    return redirect(url_for("mentoring.show", id=id), 303)


@blueprint.post("/mentoring/offers")
@members_only
def offer() -> Any:
    """Offer to accompany somebody."""
    require(can_mentor(actor()))
    name = request.form.get("member", "").strip().removeprefix("@")[:100]
    try:
        new = pairing.offer(actor(), by_names([name]).get(name) if name else None)
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    return _back(_("Offered: the member decides.") if new else _("You have offered it before."))


@blueprint.post(f"/mentoring/offers/<{ANY_ID}:id>")
@members_only
def accept(id: int) -> Any:
    """Accept a mentor's offer."""
    require(can_ask(actor()))
    try:
        pairing.accept(actor(), id, request.form.get("agrees") == "1")
    except (Invalid, Conflict) as refusal:
        return _index(refusal if isinstance(refusal, Conflict) else Conflict(str(refusal.fields["agrees"])))
    return _back(_("Your mentoring has begun."))


@blueprint.post(f"/mentoring/offers/<{ANY_ID}:id>/decline")
@members_only
def decline(id: int) -> Any:
    """No, thank you."""
    pairing.decline(actor(), id)
    return _back(_("Declined. The mentor is not told."))


@blueprint.post(f"/mentoring/<{ANY_ID}:id>/end")
@members_only
def end(id: int) -> Any:
    """End it, or take a request back."""
    ended = ending.end(actor(), id)
    return _back(_("It has ended.") if ended else _("There is nothing to end."))


def _back(said: Sentence) -> Any:
    flash(str(said))
    return redirect(url_for("mentoring.index"), 303)
