"""The plan of duty as a week's grid, the calendar feed, and the words handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import clock
from common.errors import Conflict, Invalid, Refusal
from common.i18n import _, n_
from common.permissions import require
from common.web import actor, localized
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.duty import calendar, forms, handing, numbers, planning, queries
from moderation.duty.permissions import can_see_plan
from moderation.duty.rules import WORDS_MOST
from moderation.review.permissions import can_review

blueprint = localized("duty", __name__)
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
BACK, AHEAD = timedelta(days=14), timedelta(days=120)


def _plan(refusal: Refusal | None = None) -> Response:
    who = actor()
    require(can_see_plan(who))
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/duty/plan.html", week=queries.week(who, forms.day_of(request.values.get("week", ""), numbers.today())),
        people=queries.plannable(who) if can_review(who) else [], refusal=trouble, errors=trouble.fields if trouble else {},
        ticked=set(request.form.getlist("cell")) if refusal else set(), typed=request.form if refusal else {},
        token=planning.feed_token(who), hours=numbers.hours(), picked=as_id(request.args.get("member")) or "",
    )  # fmt: skip
    response = with_status(body, trouble)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/desk/duty")
def plan() -> Response:
    """Who is there, this week or another."""
    return _plan()


@blueprint.post("/desk/duty")
def change() -> Any:
    """Put somebody on duty, or take them off."""
    who, form = actor(), request.form
    require(can_review(who))
    member_id, cells = as_id(form.get("member")) or who.member_id or 0, forms.cells(form.getlist("cell"))
    try:
        if form.get("act") == "free":
            count = planning.take_off_duty(who, member_id, cells)
            said = n_("%(count)s half-day is free now.", "%(count)s half-days are free now.", count)
        elif form.get("act") == "repeat":
            count = planning.repeat_week(who, member_id, cells)
            said = n_(
                "%(count)s half-day more, a week later.", "%(count)s half-days more, a week later.", count
            )
        else:
            count = planning.put_on_duty(who, member_id, cells)
            said = n_("%(count)s half-day more.", "%(count)s half-days more.", count)
    except Invalid as refusal:
        return _plan(refusal)
    flash(str(said if count else _("Nothing changed: it was so already.")))
    return redirect(url_for("duty.plan", week=form.get("week", "")[:10], member=member_id), 303)


@blueprint.post("/desk/duty/feed")
def new_feed() -> Any:
    """Another secret address."""
    planning.new_feed(actor())
    flash(str(_("The calendar has a new address; the former one is empty.")))
    return redirect(url_for("duty.plan", _anchor="calendar"), 303)


@blueprint.get("/duty/<token>.ics")
def feed(token: str) -> Response:
    """Somebody's half-days, for who knows the address."""
    member_id, today = planning.holder_of(token), numbers.today()
    shifts = queries.own_shifts(member_id, today - BACK, today + AHEAD)
    written = calendar.calendar(str(_("On duty")), shifts, numbers.hours(), clock.now())
    return Response(written, mimetype="text/calendar", headers=PRIVATE)


def _words(refusal: Refusal | None = None) -> Response:
    who = actor()
    require(can_review(who))
    areas = queries.areas(who)
    wanted = as_id(request.values.get("category"))
    chosen = wanted if wanted in dict(areas) else (areas[0][0] if areas else 0)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/duty/handover.html", notes=queries.notes(who), areas=areas, chosen=chosen, state=queries.state_of(chosen),
        refusal=trouble, errors=trouble.fields if trouble else {}, typed=request.form if refusal else {}, longest=WORDS_MOST,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get("/desk/handover")
def handover() -> Response:
    """Words of the last two weeks, and the form for one's own."""
    return _words()


@blueprint.post("/desk/handover")
def hand_over() -> Any:
    """Leave a word to the next one."""
    require(can_review(actor()))
    try:
        handing.hand_over(actor(), as_id(request.form.get("category")) or 0, request.form.get("body", ""))
    except (Invalid, Conflict) as refusal:
        return _words(refusal)
    flash(str(_("Handed over: the next one says that they read it.")))
    return redirect(url_for("duty.handover"), 303)


@blueprint.post(f"/desk/handover/<{ANY_ID}:id>")
def acknowledge(id: int) -> Any:
    """Say that one read it."""
    require(can_review(actor()))
    try:
        done = handing.acknowledge(actor(), id)
    except Conflict as refusal:
        return _words(refusal)
    flash(str(_("Read, and yours now.") if done else _("Somebody has read it already.")))
    return redirect(url_for("duty.handover"), 303)
