"""The desk of trials: campaigns, answers, selection, dispatch, reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from accounts.settings.routes import members_only
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import Sentence, _
from common.permissions import require
from common.web import actor, localized
from forum.images.rules import address as picture_address
from forum.thread.panels import Trouble, with_status
from rewards.trials import campaigns, reporting, selecting, wording
from rewards.trials.desk import forms, queries
from rewards.trials.numbers import min_rank
from rewards.trials.permissions import can_run, can_ship
from rewards.trials.rules import Campaign
from rewards.trials.sending import addresses, shipping

bp = localized("trial_desk", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@bp.get("/desk/trials/")
@members_only
def index() -> Any:
    """Campaigns under way, or those that are over."""
    over, after = request.args.get("tab") == "over", request.args.get("after", "")[:40]
    page = queries.page(actor(), over, after)
    return _page("index", page=page, over=over, after=after, may_run=can_run(actor()))


def _page(name: str, refusal: Refusal | None = None, **shown: Any) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        f"rewards/trials/desk/{name}.html", trouble=trouble, errors=trouble.fields if trouble else {}, **shown
    )
    return with_status(body, trouble)


# --- the plan ---------------------------------------------------------------------------------------------------


@bp.get("/desk/trials/new", endpoint="new")
@members_only
def new() -> Any:
    """The empty form."""
    start = {
        "stock": "10",
        "min_rank": str(min_rank()),
        "method": "mixed",
        "countries": ["FR"],
        "is_kept": "1",
    }
    return _form(None, start | {"budget_owner_id": str(actor().member_id)})


def _form(trial_id: int | None, typed: Any, refusal: Refusal | None = None) -> Response:
    require(can_run(actor()))
    chosen = typed.getlist("countries") if isinstance(typed, MultiDict) else typed.get("countries", [])
    return _page(
        "form", refusal, trial_id=trial_id, typed=typed, chosen=chosen, methods=wording.METHODS.items(), owners=queries.managers(),
        countries=[(one, wording.country(one)) for one in wording.COUNTRIES],
    )  # fmt: skip


@bp.post("/desk/trials/new", endpoint="create")
@members_only
def create() -> Any:
    """Begin a campaign."""
    require(can_run(actor()))
    try:
        trial_id = campaigns.draft(actor(), forms.plan(request.form))
    except Invalid as refusal:
        return _form(None, request.form, refusal)
    flash(str(_("Kept as a draft. Nobody sees it before it is published.")))
    return redirect(url_for("trial_desk.show", id=trial_id), 303)


@bp.get(f"/desk/trials/<{ANY_ID}:id>/edit", endpoint="edit")
@members_only
def edit(id: int) -> Any:
    """The form of a draft."""
    trial = queries.overview(actor(), id).trial
    if trial.state != Campaign.DRAFT:
        raise NotFound()
    return _form(id, forms.typed_from(trial))


@bp.post(f"/desk/trials/<{ANY_ID}:id>/edit", endpoint="change")
@members_only
def change(id: int) -> Any:
    """Change a draft."""
    require(can_run(actor()))
    try:
        campaigns.change(actor(), id, forms.plan(request.form))
    except (Invalid, Conflict) as refusal:
        return _form(id, request.form, refusal)
    flash(str(_("Changed.")))
    return redirect(url_for("trial_desk.show", id=id), 303)


# --- its course -------------------------------------------------------------------------------------------------


@bp.get(f"/desk/trials/<{ANY_ID}:id>", endpoint="show")
@members_only
def show(id: int) -> Any:
    """Where a campaign stands, and what can be done now."""
    return _show(id)


def _show(trial_id: int, refusal: Refusal | None = None) -> Response:
    shown = queries.overview(actor(), trial_id)
    return _page(
        "show",
        refusal,
        shown=shown,
        may_run=can_run(actor()),
        may_ship=can_ship(actor()),
        reason=request.form.get("reason", ""),
    )


_ACTS: dict[str, tuple[Callable[..., bool], bool, Sentence]] = {
    "publish": (campaigns.publish, False, _("Published: applications are open.")),
    "end": (campaigns.end_applications, True, _("Applications have ended; the list is frozen.")),
    "cancel": (campaigns.cancel, True, _("Called off. All applicants are told.")),
    "suspend": (campaigns.suspend, True, _("Recalled. All testers are told at once.")),
    "close": (campaigns.close, False, _("Closed.")),
}


@bp.post(f"/desk/trials/<{ANY_ID}:id>/<act>", endpoint="move")
@members_only
def move(id: int, act: str) -> Any:
    """Publish, end applications, call off, recall, close."""
    if act not in _ACTS:
        raise NotFound()
    verb, with_reason, done = _ACTS[act]
    more = (request.form.get("reason", "")[:1000],) if with_reason else ()
    try:
        if verb(actor(), id, *more):
            flash(str(done))
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    return redirect(url_for("trial_desk.show", id=id), 303)


# --- choosing ---------------------------------------------------------------------------------------------------


@bp.get(f"/desk/trials/<{ANY_ID}:id>/answers", endpoint="answers")
@members_only
def answers(id: int) -> Any:
    """Answers to score, without names."""
    after = request.args.get("after", "")[:40]
    return _page(
        "answers", shown=queries.overview(actor(), id), page=queries.answers(actor(), id, after), after=after
    )


@bp.post(f"/desk/trials/<{ANY_ID}:id>/answers", endpoint="score")
@members_only
def score(id: int) -> Any:
    """Keep the scores of a page."""
    require(can_run(actor()))
    after = request.form.get("after", "")[:40]
    given = [(key[5:], value) for key, value in request.form.items() if key.startswith("score") and value][
        :100
    ]
    try:
        for key, value in given:
            if not (
                key.isascii()
                and key.isdigit()
                and len(key) < 10
                and value.isascii()
                and value.isdigit()
                and len(value) < 3
            ):
                raise Invalid(_("A score is a whole number from 0 to 5."))
            selecting.score_answers(actor(), int(key), int(value))
    except (Invalid, Conflict) as refusal:
        shown, page = queries.overview(actor(), id), queries.answers(actor(), id, after)
        return _page("answers", refusal, shown=shown, page=page, after=after)
    flash(str(_("Scores kept.")))
    return redirect(url_for("trial_desk.answers", id=id, after=after or None), 303)


@bp.get(f"/desk/trials/<{ANY_ID}:id>/selection", endpoint="selection")
@members_only
def selection(id: int) -> Any:
    """Who would be chosen."""
    return _selection(id)


def _selection(trial_id: int, refusal: Refusal | None = None) -> Response:
    shown = queries.overview(actor(), trial_id)
    if shown.trial.state != Campaign.SELECTING:
        return _show(trial_id, refusal)
    try:
        found = queries.preview(actor(), trial_id)
    except Conflict as wrong:
        return _show(trial_id, wrong)
    return _page("selection", refusal, shown=shown, found=found)


@bp.post(f"/desk/trials/<{ANY_ID}:id>/selection", endpoint="confirm")
@members_only
def confirm(id: int) -> Any:
    """Choose what was shown."""
    try:
        if selecting.confirm(actor(), id, request.form.get("digest", "")[:64]):
            flash(str(_("Chosen. Members are asked for an address; the draw can be rechecked.")))
    except Conflict as refusal:
        return _selection(id, refusal)
    return redirect(url_for("trial_desk.show", id=id), 303)


# --- dispatch ---------------------------------------------------------------------------------------------------


@bp.get(f"/desk/trials/<{ANY_ID}:id>/shipping", endpoint="shipping")
@members_only
def shipping_page(id: int) -> Any:
    """Where the products are."""
    return _shipping(id)


def _shipping(trial_id: int, refusal: Refusal | None = None, taken: shipping.Taken | None = None) -> Response:
    after = request.args.get("after", "")[:40]
    shown = queries.overview(actor(), trial_id)
    return _page(
        "shipping", refusal, shown=shown, page=queries.parcels(actor(), trial_id, after), after=after, taken=taken,
        may_ship=can_ship(actor()), outcomes=wording.OUTCOMES,
    )  # fmt: skip


@bp.post(f"/desk/trials/<{ANY_ID}:id>/addresses.csv", endpoint="export")
@members_only
def export(id: int) -> Any:
    """The carrier's file. A form, not a link: each reading is written down."""
    body = shipping.parcels_csv(addresses.for_carrier(actor(), id))
    headers = {"Content-Disposition": f"attachment; filename=trial-{id}.csv", "Cache-Control": "no-store"}
    return Response(body, mimetype="text/csv", headers=headers)


@bp.post(f"/desk/trials/<{ANY_ID}:id>/handed-over", endpoint="hand_over")
@members_only
def hand_over(id: int) -> Any:
    """Everything that was ready has left."""
    count = shipping.hand_over(actor(), id)
    flash(str(_("%(count)s on their way. Members are told.", count=count)))
    return redirect(url_for("trial_desk.shipping", id=id), 303)


@bp.post(f"/desk/trials/<{ANY_ID}:id>/deliveries", endpoint="deliveries")
@members_only
def deliveries(id: int) -> Any:
    """A file of the carrier."""
    sent = request.files.get("file")
    try:
        taken = shipping.take_file(actor(), id, sent.stream.read(shipping.MOST_BYTES + 1) if sent else b"")
    except Invalid as refusal:
        return _shipping(id, refusal)
    return _shipping(id, taken=taken)


# --- reports ----------------------------------------------------------------------------------------------------


@bp.get(f"/desk/trials/<{ANY_ID}:id>/reports", endpoint="reports")
@members_only
def reports(id: int) -> Any:
    """What waits for the team, or every report."""
    return _reports(id)


def _reports(trial_id: int, refusal: Refusal | None = None) -> Response:
    after, every = request.args.get("after", "")[:40], request.args.get("all") == "1"
    shown, page = queries.overview(actor(), trial_id), queries.reports(actor(), trial_id, after, every)
    return _page(
        "reports", refusal, shown=shown, page=page, after=after, address=picture_address, typed=request.form, every=every,
    )  # fmt: skip


@bp.post(f"/desk/trials/<{ANY_ID}:id>/reports/<{ANY_ID}:application_id>", endpoint="judge")
@members_only
def judge(id: int, application_id: int) -> Any:
    """Accept a report, ask for more, take an excuse or not."""
    act, note = request.form.get("act", ""), request.form.get("note", "")[:1000]
    try:
        if act == "more":
            reporting.ask_more(actor(), application_id, note)
        elif act == "annul":
            reporting.annul(actor(), application_id, note)
        elif act in ("excuse", "refuse"):
            reporting.decide_excuse(actor(), application_id, act == "excuse", note)
        else:
            reporting.accept(actor(), application_id)
    except (Invalid, Conflict) as refusal:
        return _reports(id, refusal)
    flash(str(_("Done. The member is told.")))
    every = "1" if request.args.get("all") == "1" else None
    return redirect(url_for("trial_desk.reports", id=id, all=every), 303)
