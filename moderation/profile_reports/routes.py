"""Pages of reported profiles: the form of a member, and the way from the desk's old page to the queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common.errors import Invalid, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from moderation.profile_reports import queries, reporting, wording
from moderation.profile_reports.permissions import can_report
from moderation.profile_reports.rules import NOTE_LENGTH
from moderation.review.permissions import can_review

profile_reports: Blueprint = localized("profile_reports", __name__)
ANY_ID = "int(min=1, max=2147483647)"


def _form(member_id: int, trouble: Refusal | None = None) -> Response:
    member = queries.open_member(member_id)
    body = render_template(
        "moderation/profile_reports/form.html", member=member, verdict=can_report(actor(), member), trouble=trouble,
        typed=request.form, reasons=wording.REASONS, longest=NOTE_LENGTH, own=queries.own_report(actor(), member_id),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@profile_reports.get(f"/members/<{ANY_ID}:id>/report")
def new(id: int) -> Any:
    """What is wrong with this profile?"""
    if not actor().signed_in:
        member = queries.open_member(id)
        back = url_for("members.show", id=id, slug=member.slug)
        places = {"report": url_for("profile_reports.new", id=id), "address": back}
        return render_template(
            "moderation/flags/visitor.html", title=member.display_name, back=back, of_profile=True, **places
        )
    return _form(id)


@profile_reports.post(f"/members/<{ANY_ID}:id>/report")
def send(id: int) -> Any:
    """Report it."""
    try:
        reporting.report(actor(), id, request.form.get("reason", ""), request.form.get("note", ""))
    except Invalid as invalid:
        return _form(id, invalid)
    flash(
        str(
            _(
                "Thank you. The team reads it and tells you what came of it. Nobody else knows that you reported it."
            )
        )
    )
    return redirect(url_for("members.show", id=id, slug=queries.open_member(id).slug), 303)


@profile_reports.post(f"/members/<{ANY_ID}:id>/unreport")
def withdraw(id: int) -> Any:
    """Take the report back."""
    reporting.withdraw(actor(), id)
    flash(str(_("Your report is taken back.")))
    return redirect(url_for("flags.mine"), 303)


@profile_reports.get("/desk/profiles")
def index() -> Any:
    """Where reported profiles were decided about: they are items of the queue."""
    require(can_review(actor()))
    return redirect(url_for("review.queue", tab="people"), 301)


def action(card: Any) -> str:
    """The way to report somebody, on their profile."""
    if card.id is None or card.id == actor().member_id:
        return ""
    return render_template("moderation/profile_reports/_action.html", card=card)
