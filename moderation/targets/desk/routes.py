"""Pages of what is promised: policies in their order, one policy with its history, categories, one question's clock."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from common import rail
from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.permissions import Actor, require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from moderation.escalation.permissions import can_see_cases
from moderation.forecast import routes as forecasts
from moderation.forecast import running
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
    try:
        put = running.put(who, "policy", None, request.form)
    except (Invalid, Conflict) as refusal:
        return policy_page(forms.typed(request.form), None, refusal)
    there = url_for("targets.show", id=put.made) if put.made else ""
    return forecasts.led(put, _("The policy is made. New questions that fit count by it."), there)


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
    keeping.load(id)
    try:
        put = running.put(who, "policy", id, request.form)
    except (Invalid, Conflict) as refusal:
        return policy_page(forms.typed(request.form), keeping.load(id), refusal)
    there = url_for("targets.show", id=id)
    return forecasts.led(put, _("The policy is changed. New questions count by it."), there)


@blueprint.post("/desk/targets/<int:id>/switch")
def switch(id: int) -> Any:
    """Count by it, or no more."""
    who = _manager()
    try:
        put = running.put(who, "policy_on", id, request.form)
    except (Invalid, Conflict) as refusal:
        row = keeping.load(id)
        return policy_page(forms.shown(keeping.draft_of(row)), row, refusal)
    return forecasts.led(put, _("Switched."), url_for("targets.show", id=id))


@blueprint.post("/desk/targets/<int:id>/move")
def move(id: int) -> Any:
    """Try it sooner, or later."""
    put = running.put(_manager(), "policy_order", id, request.form)
    there = url_for("targets.index", _anchor=f"policy-{id}")
    return forecasts.led(put, _("The policies are tried in this order."), there)


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
        put = running.put(who, "category", id, request.form)
    except (Invalid, Conflict) as refusal:
        return categories_page(refusal, id)
    there = url_for("targets.of_categories", _anchor=f"category-{id}")
    return forecasts.led(put, _("Changed. New questions of the category go by it."), there)


@blueprint.get(f"/desk/questions/<{ANY_ID}:id>/clock")
def clock(id: int) -> str:
    """The clock of one question: what was promised, what happened, from the events alone."""
    require(can_see_cases(actor()))
    return render_template("moderation/targets/clock.html", view=queries.clock_of(id))


RAIL = rail.Line("targets.index", "clock", _("What is promised"), can_change_targets)
