"""The desk of delegation: who moderates a part, teams side by side, one team."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.members.rules import Role
from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.delegation import figures, forms, granting, queries, teams, wording
from moderation.delegation.permissions import can_entrust
from moderation.delegation.rules import NAME_MOST, REASON_MOST, Right

blueprint = localized("delegation", __name__)


def _index(refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/delegation/index.html", holders=queries.holders(actor()), teams=queries.teams(actor()), refusal=trouble,
        errors=trouble.fields if trouble else {}, typed=request.form, days=figures.DAYS, longest_name=NAME_MOST,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get("/desk/delegation")
def index() -> Response:
    """Moderators of a part, and teams."""
    return _index()


@blueprint.post("/desk/delegation/members")
def choose() -> Any:
    """From a name to the page where rights are granted."""
    require(can_entrust(actor()))
    try:
        member_id = forms.named(request.form.get("member", ""))
    except Invalid as refusal:
        return _index(refusal)
    return redirect(url_for("delegation.member", id=member_id), 303)


def _member(id: int, refusal: Refusal | None = None) -> Response:
    found = queries.limited_member(actor(), id)
    trouble = Trouble.of(refusal) if refusal else None
    pairs = forms.ticked(request.form.getlist("rights")) if refusal else granting.of_member(id)
    body = render_template(
        "moderation/delegation/member.html", member=found, refusal=trouble, errors=trouble.fields if trouble else {},
        typed=request.form if refusal else {}, is_whole=found.role == Role.MODERATOR and not found.is_limited,
        **_matrix(pairs),
    )  # fmt: skip
    return with_status(body, trouble)


def _matrix(pairs: Any) -> dict[str, Any]:
    return {
        "categories": categories(), "rights": [(one, wording.RIGHTS[one], wording.HINTS[one]) for one in Right],
        "ticked": {f"{category_id}:{right.value}" for category_id, right in pairs}, "longest": REASON_MOST,
    }  # fmt: skip


@blueprint.get(f"/desk/delegation/members/<{ANY_ID}:id>")
def member(id: int) -> Response:
    """The rights of one member."""
    return _member(id)


@blueprint.post(f"/desk/delegation/members/<{ANY_ID}:id>")
def entrust(id: int) -> Any:
    """Grant exactly what is ticked, or end it all."""
    reason = request.form.get("reason", "")
    try:
        if request.form.get("act") == "end":
            granting.end_for(actor(), id, reason)
        else:
            granting.entrust_member(actor(), id, forms.ticked(request.form.getlist("rights")), reason)
    except (Invalid, Conflict) as refusal:
        return _member(id, refusal)
    flash(str(_("In force from the next click on.")))
    return redirect(url_for("delegation.index"), 303)


@blueprint.post("/desk/delegation/teams")
def found_team() -> Any:
    """Make a team."""
    try:
        made = teams.found_agency(actor(), request.form.get("name", ""))
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    return redirect(url_for("delegation.team", id=made), 303)


def _team(id: int, refusal: Refusal | None = None) -> Response:
    found = queries.team(actor(), id)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/delegation/team.html", team=found, refusal=trouble, errors=trouble.fields if trouble else {},
        typed=request.form if refusal else {}, days=figures.DAYS, may=bool(can_entrust(actor())) and not found.is_over,
        areas=queries.areas(granting.of_agency(id)), **_matrix(granting.of_agency(id)),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get(f"/desk/delegation/teams/<{ANY_ID}:id>")
def team(id: int) -> Response:
    """One team with its people and figures."""
    return _team(id)


@blueprint.post(f"/desk/delegation/teams/<{ANY_ID}:id>")
def change_team(id: int) -> Any:
    """Grant the team's rights, name its people, end the work."""
    require(can_entrust(actor()))
    form, act = request.form, request.form.get("act", "")
    reason = form.get("reason", "")
    try:
        if act == "seat":
            teams.seat(actor(), id, forms.named(form.get("member", "")), form.get("lead") == "1", reason)
        elif act == "unseat":
            teams.unseat(actor(), id, forms.number(form.get("member_id")), reason)
        elif act == "end":
            teams.end_agency(actor(), id, reason)
        else:
            granting.entrust_agency(actor(), id, forms.ticked(form.getlist("rights")), reason)
    except (Invalid, Conflict) as refusal:
        return _team(id, refusal)
    flash(str(_("In force from the next click on.")))
    return redirect(url_for("delegation.team", id=id), 303)
