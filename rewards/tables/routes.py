"""The desk of the points table: what each act brings, its editions, a trial, and lines written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.web import actor, localized
from forum.thread.panels import Trouble, with_status
from rewards.adjustments import adjusting
from rewards.adjustments import queries as adjustments
from rewards.adjustments.forms import read_adjustment
from rewards.ledger.rules import RULES
from rewards.tables import changing, queries
from rewards.tables.forms import read_table, whole
from rewards.tables.permissions import can_change, can_look

blueprint = localized("points", __name__)
ANY_ID = "int(max=2147483647)"


@blueprint.get("/desk/points")
def index() -> Response:
    """The table in force, a trial, the editions."""
    return _index()


def _index(refusal: Refusal | None = None) -> Response:
    who = actor()
    require(can_look(who))
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/tables/index.html", table=queries.table(), editions=queries.editions(), trial=queries.trial(),
        in_force=changing.in_force(), may=bool(can_change(who)), refusal=trouble, typed=request.form,
        errors=trouble.fields if trouble else {}, waiting=adjustments.waiting_count(who),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/points")
def change() -> Any:
    """A new edition, at once or on trial first."""
    require(can_change(actor()))
    try:
        draft = read_table(request.form, RULES)
        reason = request.form.get("reason", "")
        changing.change(actor(), draft.amounts, reason, draft.trial_days, draft.seen)
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    flash(str(_("The new table runs on trial.") if draft.trial_days else _("The new table is in force.")))
    return redirect(url_for("points.index"), 303)


@blueprint.post(f"/desk/points/editions/<{ANY_ID}:number>/switch")
def switch(number: int) -> Any:
    """Put an edition in force, a new one or an earlier one."""
    require(can_change(actor()))
    try:
        seen = whole(request.form.get("seen", "")) or 0
        changing.switch(actor(), number, request.form.get("reason", ""), seen)
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    flash(str(_("Table %(number)s is in force.", number=number)))
    return redirect(url_for("points.index"), 303)


@blueprint.post("/desk/points/trial/end")
def end_trial() -> Any:
    """The table on trial does not come."""
    require(can_change(actor()))
    try:
        changing.end_trial(actor(), request.form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    flash(str(_("The trial is over; nothing changed.")))
    return redirect(url_for("points.index"), 303)


# --- lines written by hand ----------------------------------------------------------------------------------------


@blueprint.get("/desk/points/by-hand")
def by_hand() -> Response:
    """Ask for a line, and decide about those of others."""
    return _by_hand()


def _by_hand(refusal: Refusal | None = None) -> Response:
    require(can_change(actor()))
    trouble = Trouble.of(refusal) if refusal else None
    after = request.args.get("after", "")[:40]
    body = render_template(
        "rewards/tables/by_hand.html", page=adjustments.page(after), waiting=adjustments.waiting(actor()), after=after,
        refusal=trouble, typed=request.form, errors=trouble.fields if trouble else {}, most=adjusting.alone(),
        key=adjusting.new_key(),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/points/by-hand")
def adjust() -> Any:
    """Give or take points, with a reason."""
    require(can_change(actor()))
    try:
        draft = read_adjustment(request.form)
        booked = adjusting.ask(actor(), draft)
    except (Invalid, Conflict) as refusal:
        return _by_hand(refusal)
    flash(str(_("Booked.") if booked else _("A second manager has to agree: it waits here.")))
    return redirect(url_for("points.by_hand"), 303)


@blueprint.post(f"/desk/points/by-hand/<{ANY_ID}:id>/approve")
def approve(id: int) -> Any:
    """The second of two people agrees."""
    return _decide(adjusting.approve, id, _("Booked."))


@blueprint.post(f"/desk/points/by-hand/<{ANY_ID}:id>/refuse")
def refuse(id: int) -> Any:
    """The second of two people does not, or the first thinks again."""
    return _decide(adjusting.refuse, id, _("Refused; nothing was booked."))


def _decide(verb: Callable[[Actor, int], bool], adjustment_id: int, said: Sentence) -> Any:
    require(can_change(actor()))
    try:
        verb(actor(), adjustment_id)
    except (Invalid, Conflict) as refusal:
        return _by_hand(refusal)
    flash(str(said))
    return redirect(url_for("points.by_hand"), 303)
