"""Pages of calendars at the desk: the list, one calendar with the picture of its week, a file taken in."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import _, n_
from common.permissions import Actor, require
from common.web import actor, localized
from moderation.calendars import ical, keeping
from moderation.calendars.desk import forms, queries
from moderation.calendars.models import ALWAYS, WorkCalendar
from moderation.calendars.permissions import can_change_calendars

blueprint = localized("calendars", __name__)


def _manager() -> Actor:
    require(can_change_calendars(actor()))
    return actor()


@blueprint.get("/desk/calendars")
def index() -> str:
    """All calendars."""
    _manager()
    return render_template("moderation/calendars/index.html", lines=queries.lines())


def calendar_page(typed: dict[str, str], row: WorkCalendar | None, refusal: Refusal | None = None) -> Any:
    """The form with its picture; what was typed and refused is kept."""
    try:
        picture = queries.picture(forms.draft(typed), forms.asked_at(typed))
    except Invalid:
        picture = None
    body = render_template(
        "moderation/calendars/show.html", typed=typed, row=row, refusal=refusal, picture=picture, days=forms.DAY_NAMES,
        fixed=row is not None and row.key == ALWAYS, errors=getattr(refusal, "fields", {}), name_max=keeping.NAME_MAX,
        version=request.form.get("version") or (row.version if row else 0),
    )  # fmt: skip
    return (body, refusal.status) if refusal else body


@blueprint.route("/desk/calendars/new", methods=["GET", "POST"])
def new() -> Any:
    """A new calendar; ``act=preview`` shows what it would mean."""
    who = _manager()
    if request.method == "GET":
        return calendar_page(forms.shown(forms.NEW), None)
    typed = forms.typed(request.form)
    try:
        draft = forms.draft(typed)
        if request.form.get("act") == "preview":
            keeping.check(draft)
            return calendar_page(typed, None)
        made = keeping.create(who, draft, typed["reason"])
    except (Invalid, Conflict) as refusal:
        return calendar_page(typed, None, refusal)
    flash(str(_("The calendar is made.")))
    return redirect(url_for("calendars.show", id=made), 303)


@blueprint.get("/desk/calendars/<int:id>")
def show(id: int) -> Any:
    """One calendar."""
    _manager()
    row = keeping.load(id)
    return calendar_page(forms.shown(keeping.draft_of(row)), row)


@blueprint.post("/desk/calendars/<int:id>")
def change(id: int) -> Any:
    """Change it, or look first at what it would mean."""
    who = _manager()
    row, typed = keeping.load(id), forms.typed(request.form)
    try:
        draft = forms.draft(typed)
        if request.form.get("act") == "preview":
            keeping.check(draft)
            return calendar_page(typed, row)
        keeping.change(who, id, forms.number(request.form.get("version")), draft, typed["reason"])
    except (Invalid, Conflict) as refusal:
        return calendar_page(typed, keeping.load(id), refusal)
    flash(str(_("The calendar is changed. New questions count by it.")))
    return redirect(url_for("calendars.show", id=id), 303)


@blueprint.post("/desk/calendars/<int:id>/file")
def take_in(id: int) -> Any:
    """Closed days of a calendar file."""
    who = _manager()
    row, reason = keeping.load(id), request.form.get("reason", "").strip()
    sent = request.files.get("file")
    content = sent.stream.read(ical.LONGEST_FILE + 1) if sent is not None else b""
    try:
        taken = keeping.take_in(who, id, content.decode("utf-8", "replace"), reason)
    except (Invalid, Conflict) as refusal:
        return calendar_page(forms.shown(keeping.draft_of(row)), row, refusal)
    flash(str(n_("%(count)s closed day read.", "%(count)s closed days read.", len(taken.days))))
    if taken.left_out:
        said = n_(
            "%(count)s event with a time of day was left out.",
            "%(count)s events with a time of day were left out.",
            taken.left_out,
        )
        flash(str(said))
    return redirect(url_for("calendars.show", id=id), 303)


@blueprint.post("/desk/calendars/<int:id>/retire")
def retire(id: int) -> Any:
    """Use it no more."""
    who = _manager()
    row, typed = keeping.load(id), request.form.get("reason", "")
    try:
        keeping.retire(who, id, typed)
    except (Invalid, Conflict) as refusal:
        return calendar_page(forms.shown(keeping.draft_of(row)), keeping.load(id), refusal)
    flash(str(_("The calendar is retired.")))
    return redirect(url_for("calendars.index"), 303)


def desk_nav(*_args: Any) -> str:
    """The link in the desk's rail."""
    if not can_change_calendars(actor()):
        return ""
    return render_template("moderation/calendars/_nav.html", here=request.blueprint == "calendars")
