"""Pages of what is promised: policies in their order, one policy with its history, categories, one question's clock."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.permissions import Actor, require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from moderation.escalation.permissions import can_see_cases
from moderation.targets import categories, keeping
from moderation.targets.desk import forms, queries
from moderation.targets.models import FALLBACK, SlaPolicy
from moderation.targets.permissions import can_change_targets
from moderation.targets.rules import Filter, usual_goals

blueprint = localized("targets", __name__)


def _manager() -> Actor:
    require(can_change_targets(actor()))
    return actor()


@blueprint.get("/desk/targets")
def index() -> str:
    """All policies, in the order they are tried."""
    _manager()
    return render_template("moderation/targets/index.html", lines=queries.lines())


def policy_page(typed: dict[str, Any], row: SlaPolicy | None, refusal: Refusal | None = None) -> Any:
    """The form of a policy; what was typed and refused is kept."""
    body = render_template(
        "moderation/targets/show.html", typed=typed, row=row, refusal=refusal, errors=getattr(refusal, "fields", {}),
        options=queries.options(), fields=queries.FIELD_NAMES, metrics=forms.METRIC_NAMES, priorities=queries.PRIORITY_NAMES,
        waits=forms.WAIT_NAMES, calendars=queries.calendar_options(), name_max=keeping.NAME_MAX,
        history=queries.history(row.id) if row else [], fixed=row is not None and row.key == FALLBACK,
        version=request.form.get("version") or (row.version if row else 0),
    )  # fmt: skip
    return (body, refusal.status) if refusal else body


@blueprint.route("/desk/targets/new", methods=["GET", "POST"])
def new() -> Any:
    """A new policy; it starts from the usual minutes."""
    who = _manager()
    if request.method == "GET":
        return policy_page(forms.shown(keeping.Draft("", Filter(), usual_goals())), None)
    typed = forms.typed(request.form)
    try:
        made = keeping.create(who, forms.draft(typed), typed["reason"])
    except (Invalid, Conflict) as refusal:
        return policy_page(typed, None, refusal)
    flash(str(_("The policy is made. New questions that fit count by it.")))
    return redirect(url_for("targets.show", id=made), 303)


@blueprint.get("/desk/targets/<int:id>")
def show(id: int) -> Any:
    """One policy, with its history."""
    _manager()
    row = keeping.load(id)
    return policy_page(forms.shown(keeping.draft_of(row)), row)


@blueprint.post("/desk/targets/<int:id>")
def change(id: int) -> Any:
    """Change it: a new version, for new questions."""
    who = _manager()
    row, typed = keeping.load(id), forms.typed(request.form)
    try:
        keeping.change(who, id, forms.version(request.form), forms.draft(typed), typed["reason"])
    except (Invalid, Conflict) as refusal:
        return policy_page(typed, row, refusal)
    flash(str(_("The policy is changed. New questions count by it.")))
    return redirect(url_for("targets.show", id=id), 303)


@blueprint.post("/desk/targets/<int:id>/switch")
def switch(id: int) -> Any:
    """Count by it, or no more."""
    who, form = _manager(), request.form
    row = keeping.load(id)
    try:
        keeping.switch(who, id, forms.version(form), form.get("active") == "1", form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return policy_page(forms.shown(keeping.draft_of(row)), keeping.load(id), refusal)
    flash(str(_("Switched.")))
    return redirect(url_for("targets.show", id=id), 303)


@blueprint.post("/desk/targets/<int:id>/move")
def move(id: int) -> Any:
    """Try it sooner, or later."""
    keeping.move(_manager(), id, request.form.get("way") != "down")
    return redirect(url_for("targets.index", _anchor=f"policy-{id}"), 303)


@blueprint.get("/desk/targets/categories")
def of_categories() -> Any:
    """How the ladder differs from category to category."""
    return categories_page()


def categories_page(refusal: Refusal | None = None, id: int | None = None) -> Any:
    """The form of each category; what was typed and refused is kept."""
    _manager()
    body = render_template(
        "moderation/targets/categories.html", every=categories.every(), calendars=queries.calendar_options(), refusal=refusal,
        wrong=id, typed=request.form, errors=getattr(refusal, "fields", {}),
    )  # fmt: skip
    return (body, refusal.status) if refusal else body


@blueprint.post("/desk/targets/categories/<int:id>")
def change_category(id: int) -> Any:
    """Change how it goes in one of them."""
    who = _manager()
    try:
        categories.change(who, id, forms.manner(request.form), request.form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return categories_page(refusal, id)
    flash(str(_("Changed. New questions of the category go by it.")))
    return redirect(url_for("targets.of_categories", _anchor=f"category-{id}"), 303)


@blueprint.get(f"/desk/questions/<{ANY_ID}:id>/clock")
def clock(id: int) -> str:
    """The clock of one question: what was promised, what happened, from the events alone."""
    require(can_see_cases(actor()))
    return render_template("moderation/targets/clock.html", view=queries.clock_of(id))


def desk_nav(*_args: Any) -> str:
    """The link in the desk's rail."""
    if not can_change_targets(actor()):
        return ""
    return render_template("moderation/targets/_nav.html", here=request.blueprint == "targets")
