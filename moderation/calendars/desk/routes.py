"""Pages of calendars at the desk: the list, one calendar with the picture of its week, a file taken in."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for

from common import rail
from common.errors import Conflict, Invalid, Refusal
from common.i18n import _, n_
from common.permissions import Actor, require
from common.web import actor, localized
from moderation.calendars import ical, keeping
from moderation.calendars.desk import forms, queries
from moderation.calendars.models import ALWAYS, WorkCalendar
from moderation.calendars.permissions import can_change_calendars
from moderation.forecast import routes as forecasts
from moderation.forecast import running
from moderation.forecast.drafts import Form

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
        if request.form.get("act") == "preview":
            keeping.check(forms.draft(typed))
            return calendar_page(typed, None)
        put = running.put(who, "calendar", None, request.form)
    except (Invalid, Conflict) as refusal:
        return calendar_page(typed, None, refusal)
    there = url_for("calendars.show", id=put.made) if put.made else ""
    return forecasts.led(put, _("The calendar is made."), there)


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
        if request.form.get("act") == "preview":
            keeping.check(forms.draft(typed))
            return calendar_page(typed, row)
        put = running.put(who, "calendar", id, request.form)
    except (Invalid, Conflict) as refusal:
        return calendar_page(typed, keeping.load(id), refusal)
    there = url_for("calendars.show", id=id)
    return forecasts.led(put, _("The calendar is changed. New questions count by it."), there)


@blueprint.post("/desk/calendars/<int:id>/file")
def take_in(id: int) -> Any:
    """Closed days of a calendar file."""
    who = _manager()
    sent = request.files.get("file")
    content = sent.stream.read(ical.LONGEST_FILE + 1) if sent is not None else b""
    try:
        taken, draft, seen = keeping.with_days(id, content.decode("utf-8", "replace"))
        form = forms.shown(draft) | {"reason": request.form.get("reason", ""), "version": str(seen)}
        put = running.put(who, "calendar", id, Form({name: [text] for name, text in form.items()}))
    except (Invalid, Conflict) as refusal:
        row = keeping.load(id)
        return calendar_page(forms.shown(keeping.draft_of(row)), row, refusal)
    flash(str(n_("%(count)s closed day read.", "%(count)s closed days read.", len(taken.days))))
    if taken.left_out:
        said = n_(
            "%(count)s event with a time of day was left out.",
            "%(count)s events with a time of day were left out.",
            taken.left_out,
        )
        flash(str(said))
    there = url_for("calendars.show", id=id)
    return forecasts.led(put, _("The calendar is changed. New questions count by it."), there)


@blueprint.post("/desk/calendars/<int:id>/retire")
def retire(id: int) -> Any:
    """Use it no more."""
    who = _manager()
    try:
        put = running.put(who, "calendar_end", id, request.form)
    except (Invalid, Conflict) as refusal:
        row = keeping.load(id)
        return calendar_page(forms.shown(keeping.draft_of(row)), row, refusal)
    return forecasts.led(put, _("The calendar is retired."), url_for("calendars.index"))


RAIL = rail.Line("calendars.index", "calendar", _("Calendars"), can_change_calendars)
