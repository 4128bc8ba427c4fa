"""The pages of trials for members and visitors."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.uploads import takes_pictures
from common.web import actor, localized, wants_fragment
from forum.images.rules import address as picture_address
from forum.images.uploading import upload_image
from forum.thread.panels import Trouble, with_status
from rewards.trials import applying, drafts, reporting, rules, wording
from rewards.trials.pages import forms, queries
from rewards.trials.permissions import can_take_part
from rewards.trials.reporting import PHOTOS_MOST
from rewards.trials.rules import Part
from rewards.trials.sending import addresses

bp = localized("trials", __name__)
ANY_ID = "int(min=1, max=2147483647)"
REFUSED = (Invalid, Conflict, Forbidden, TooMany)


@bp.get("/trials/")
def index() -> Any:
    """Open campaigns, those under way, one's own, those that are over."""
    tab, after = request.args.get("tab", "open"), request.args.get("after", "")[:40]
    tab = tab if tab in ("open", "running", "over", "mine") else "open"
    page = queries.page(actor(), tab, after)
    return render_template(
        "rewards/trials/index.html", here="rewards", page=page, tab=tab, after=after, reader=actor()
    )


@bp.get(f"/trials/<{ANY_ID}:id>")
@bp.get(f"/trials/<{ANY_ID}:id>/<slug>")
def show(id: int, slug: str = "") -> Any:
    """One campaign, and one's own part in it."""
    return _show(id)


def _show(trial_id: int, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    shown = queries.view(actor(), trial_id)
    body = render_template(
        "rewards/trials/show.html", here="rewards", shown=shown, reader=actor(), trouble=trouble, now=clock.now(),
        parts=wording.PARTS, excuses=wording.EXCUSES,
    )  # fmt: skip
    return with_status(body, trouble)


@bp.get(f"/trials/<{ANY_ID}:id>/apply", endpoint="application")
@members_only
def application_form(id: int) -> Any:
    """The form of an application, with what was typed before."""
    return _application(
        id, forms.typed_before(_live(id), drafts.kept(actor().person_id, id, drafts.APPLICATION))
    )


def _live(trial_id: int) -> Any:
    mine = queries.part_of(actor(), trial_id)
    return mine if mine is not None and mine.state in (Part.APPLIED, Part.WITHDRAWN) else None


def _application(trial_id: int, typed: Any, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    shown = queries.view(actor(), trial_id)
    body = render_template(
        "rewards/trials/apply.html", here="rewards", shown=shown, typed=typed, trouble=trouble,
        errors=trouble.fields if trouble else {}, most=applying.ANSWER_MOST, countries=_countries(shown), equipment=wording.equipment,
    )  # fmt: skip
    return with_status(body, trouble)


def _countries(shown: queries.View) -> list[tuple[str, str]]:
    return [(one, wording.country(one)) for one in shown.trial.countries]


@bp.post(f"/trials/<{ANY_ID}:id>/apply", endpoint="apply")
@members_only
def apply(id: int) -> Any:
    """Send an application, or keep it for later."""
    typed = forms.application(request.form)
    try:
        if request.form.get("step") == "keep":
            applying.keep_draft(actor(), id, typed)
            if wants_fragment():
                return "", 204
            flash(str(_("Kept. You find it here again, on any device.")))
            return redirect(url_for("trials.application", id=id), 303)
        applying.apply(actor(), id, typed)
    except REFUSED as refusal:
        return _application(id, request.form, refusal)
    flash(str(_("Your application has arrived. You can change it until applications end.")))
    return redirect(url_for("trials.show", id=id), 303)


@bp.post(f"/trials/<{ANY_ID}:id>/withdraw", endpoint="withdraw")
@members_only
def withdraw(id: int) -> Any:
    """Take an application back."""
    if applying.withdraw(actor(), id):
        flash(str(_("Your application is taken back.")))
    return redirect(url_for("trials.show", id=id), 303)


@bp.post(f"/trials/<{ANY_ID}:id>/decline", endpoint="decline")
@members_only
def decline(id: int) -> Any:
    """Give a place back."""
    try:
        if applying.decline(actor(), id):
            flash(str(_("Your place goes to the next member. Thank you for telling us.")))
    except Conflict as refusal:
        return _show(id, refusal)
    return redirect(url_for("trials.show", id=id), 303)


@bp.get(f"/trials/<{ANY_ID}:id>/address", endpoint="address")
@members_only
def address_form(id: int) -> Any:
    """Where the product goes."""
    return _address(id, addresses.own_address(actor(), id))


def _address(trial_id: int, typed: Any, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    shown = queries.view(actor(), trial_id)
    if shown.mine is None or (trouble is None and shown.mine.state not in (Part.ADDRESS_PENDING, Part.READY)):
        raise NotFound()
    body = render_template(
        "rewards/trials/address.html", here="rewards", shown=shown, typed=typed or {}, trouble=trouble,
        errors=trouble.fields if trouble else {}, countries=_countries(shown),
    )  # fmt: skip
    response = with_status(body, trouble)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post(f"/trials/<{ANY_ID}:id>/address", endpoint="give_address")
@members_only
def give_address(id: int) -> Any:
    """Take the address."""
    try:
        addresses.give(actor(), id, forms.address(request.form))
    except REFUSED as refusal:
        return _address(id, request.form, refusal)
    flash(str(_("Thank you. We tell you when the product leaves.")))
    return redirect(url_for("trials.show", id=id), 303)


@bp.get(f"/trials/<{ANY_ID}:id>/report", endpoint="report")
@members_only
def report_form(id: int) -> Any:
    """The form of a report, with what was typed before."""
    typed = drafts.kept(actor().person_id, id, drafts.REPORT) or queries.report_before(actor(), id)
    pictures, steps = typed.get("photos", "").split(), typed.get("checklist", "").split()
    return _report(id, typed, pictures, steps)


def _report(
    trial_id: int, typed: Any, pictures: list[str], steps: list[str], refusal: Refusal | None = None
) -> Response:
    require(can_take_part(actor()))
    trouble, shown = Trouble.of(refusal) if refusal else None, queries.view(actor(), trial_id)
    if shown.mine is None or (trouble is None and shown.mine.state not in (*rules.IN_HAND, Part.REPORTED)):
        raise NotFound()
    body = render_template(
        "rewards/trials/report.html", here="rewards", shown=shown, typed=typed, trouble=trouble, steps_done=steps,
        errors=trouble.fields if trouble else {}, pictures=pictures, address=picture_address, most=reporting.TEXT_MOST,
        photos_most=PHOTOS_MOST, excuses=wording.EXCUSES,
    )  # fmt: skip
    return with_status(body, trouble)


@bp.post(f"/trials/<{ANY_ID}:id>/report", endpoint="send_report")
@takes_pictures
@members_only
def send_report(id: int) -> Any:
    """Send a report, or keep it for later."""
    pictures = [one[:48] for one in request.form.getlist("photo")[:PHOTOS_MOST] if one]
    steps = request.form.getlist("checklist")
    try:
        pictures += _new_pictures(PHOTOS_MOST - len(pictures))
        typed = forms.report(request.form, pictures)
        if request.form.get("step") == "keep":
            reporting.keep_draft(actor(), id, typed)
            if wants_fragment():
                return "", 204
            flash(str(_("Kept. You find it here again, on any device.")))
            return redirect(url_for("trials.report", id=id), 303)
        reporting.report(actor(), id, typed)
    except REFUSED as refusal:
        return _report(id, request.form, pictures, steps, refusal)
    flash(str(_("Thank you for your report. The team reads it, whatever it says.")))
    return redirect(url_for("trials.show", id=id), 303)


def _new_pictures(room: int) -> list[str]:
    sent = [one for one in request.files.getlist("pictures") if one.filename][: max(0, room)]
    return [upload_image(actor(), one.stream).file_key for one in sent]  # type: ignore[arg-type]


@bp.post(f"/trials/<{ANY_ID}:id>/extend", endpoint="extend")
@members_only
def extend(id: int) -> Any:
    """Two weeks more, once."""
    try:
        more = reporting.extend(actor(), id)
    except Conflict as refusal:
        return _show(id, refusal)
    flash(str(_("You have two weeks more.") if more else _("You have taken the two weeks already.")))
    return redirect(url_for("trials.show", id=id), 303)


@bp.post(f"/trials/<{ANY_ID}:id>/excuse", endpoint="excuse")
@members_only
def excuse(id: int) -> Any:
    """Say what keeps one from reporting."""
    why, text = forms.excuse(request.form)
    try:
        reporting.ask_excuse(actor(), id, why, text)
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    flash(str(_("The team looks at it. Nothing counts as late meanwhile.")))
    return redirect(url_for("trials.show", id=id), 303)


@bp.get(f"/trials/<{ANY_ID}:id>/draw", endpoint="draw")
def draw(id: int) -> Any:
    """The draw, for anybody to recheck."""
    return render_template("rewards/trials/draw.html", here="rewards", shown=queries.draw(actor(), id))


@bp.get(f"/trials/<{ANY_ID}:id>/draw.csv", endpoint="draw_file")
def draw_file(id: int) -> Any:
    """The whole list of the draw as a file."""
    shown = queries.draw(actor(), id, limit=100_000)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("place", "application", "hmac_sha256"))
    writer.writerows((number, one.label, one.key) for number, one in enumerate(shown.lines, 1))
    name = f"draw-{id}.csv"
    return Response(
        out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"}
    )
