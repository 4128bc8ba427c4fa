"""The desk's pages of missions."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from common.errors import Refusal
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from rewards.missions import defining, forms, queries
from rewards.missions.permissions import can_run_missions
from rewards.missions.rules import MOST_STEPS, MissionKind, StepKind

blueprint = localized("missions", __name__)


@blueprint.get("/desk/missions")
def index() -> str:
    """All missions."""
    after = request.args.get("after", "")[:40]
    return render_template(
        "rewards/missions/index.html", page=queries.page(actor(), after), after=after, states=queries.STATES,
        kinds=queries.KINDS,
    )  # fmt: skip


@blueprint.get("/desk/missions/new")
def new() -> Response:
    """The form, filled in for the first week."""
    require(can_run_missions(actor()))
    return _form(dict(forms.FIRST_WEEK) if request.args.get("of") == "first-week" else {"kind": "campaign"})


def _form(values: dict[str, str], refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/missions/form.html", values=values, refusal=trouble, errors=trouble.fields if trouble else {},
        kinds=[(kind.value, queries.KINDS[kind]) for kind in MissionKind], places=range(1, MOST_STEPS + 1),
        step_kinds=[("", "–"), *((kind.value, queries.NAMES[kind]) for kind in StepKind)], title_max=forms.TITLE_MAX,
        form_key=request.form.get("form_key", "")[:40] or secrets.token_hex(12),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/missions/new")
def define() -> Any:
    """Write it down as a draft."""
    require(can_run_missions(actor()))
    try:
        made = defining.define(
            actor(), forms.draft(request.form), request.form.get("form_key", "") or secrets.token_hex(12)
        )
    except Refusal as refusal:
        return _form(forms.typed(request.form), refusal)
    return redirect(url_for("missions.show", id=made), 303)


@blueprint.get(f"/desk/missions/<{ANY_ID}:id>")
def show(id: int) -> str:
    """One mission with its figures."""
    return render_template(
        "rewards/missions/show.html",
        shown=queries.view(actor(), id),
        states=queries.STATES,
        kinds=queries.KINDS,
    )


@blueprint.post(f"/desk/missions/<{ANY_ID}:id>/activate")
def activate(id: int) -> Any:
    """Open it to members."""
    defining.activate(actor(), id)
    return redirect(url_for("missions.show", id=id), 303)


@blueprint.post(f"/desk/missions/<{ANY_ID}:id>/end")
def end(id: int) -> Any:
    """Close it."""
    defining.end(actor(), id)
    return redirect(url_for("missions.show", id=id), 303)
