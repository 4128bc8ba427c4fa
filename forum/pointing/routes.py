"""Pointing out a duplicate, the hints that wait, and deciding about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Gone, NotFound, Refusal
from common.i18n import Sentence, _
from common.permissions import ALLOWED, refuse, require
from common.web import actor
from forum.housekeeping.forms import read_target, typed
from forum.pointing import pointing, queries
from forum.pointing.permissions import can_point_out, is_judge
from forum.questions.models import Question
from forum.questions.queries import find_post
from forum.questions.routes import ANY_ID, questions
from forum.search.similar import similar_to
from forum.thread.panels import Trouble, with_status

CANDIDATES = 6


@questions.get(f"/questions/<{ANY_ID}:id>/covered", endpoint="covered")
def form(id: int) -> Any:
    """Which question covers this one?"""
    return _form(id)


def _form(question_id: int, refusal: Refusal | None = None) -> Response:
    question = find_post(actor(), question_id)
    if not isinstance(question, Question):
        raise NotFound()
    require(can_point_out(actor(), question))
    trouble = Trouble.of(refusal) if refusal else None
    near = [one for one in similar_to(question.id, CANDIDATES) if one.id != question.id]
    body = render_template(
        "forum/pointing/form.html", here="questions", question=question, candidates=near, refusal=trouble,
        errors=trouble.fields if trouble else {}, typed=typed(request.form),
    )  # fmt: skip
    return with_status(body, trouble)


@questions.post(f"/questions/<{ANY_ID}:id>/covered", endpoint="point_out")
def send(id: int) -> Any:
    """Point it out."""
    try:
        target = read_target(request.form, "covered")
        pointing.point_out(actor(), id, target, request.form.get("words", ""))
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _form(id, refusal)
    flash(str(_("Thank you. Somebody looks at it, and we tell you.")))
    return redirect(url_for("questions.show", id=id), 303)


@questions.get("/covered", endpoint="hints")
def index() -> Any:
    """What waits for a decision, and what the reader pointed out."""
    who, after = actor(), request.args.get("after", "")[:40]
    require(ALLOWED if who.signed_in else refuse(_("Sign in to see what you pointed out.")))
    judge = is_judge(who)
    own = not judge or request.args.get("tab") == "own"
    page = queries.own_hints(who, after) if own else queries.waiting(who, after)
    return render_template(
        "forum/pointing/hints.html", here="questions", page=page, own=own, after=after, judge=judge
    )


def _done(act: Callable[[], bool], said: Sentence) -> Any:
    try:
        act()
        flash(str(said))
    except Conflict as conflict:
        flash(str(conflict.sentence))
    return redirect(url_for("questions.hints", tab=request.form.get("tab") or None), 303)


@questions.post(f"/covered/<{ANY_ID}:id>/confirm", endpoint="confirm_hint")
def confirm(id: int) -> Any:
    """It is so."""
    return _done(lambda: pointing.confirm(actor(), id), _("Linked. Everybody who followed it goes along."))


@questions.post(f"/covered/<{ANY_ID}:id>/decline", endpoint="decline_hint")
def decline(id: int) -> Any:
    """They are two questions."""
    return _done(lambda: pointing.decline(actor(), id), _("It stays a question of its own."))


@questions.post(f"/covered/<{ANY_ID}:id>/withdraw", endpoint="withdraw_hint")
def withdraw(id: int) -> Any:
    """Take it back."""
    return _done(lambda: pointing.withdraw_hint(actor(), id), _("Taken back."))
