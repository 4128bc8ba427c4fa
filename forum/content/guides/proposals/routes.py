"""The pages of proposed guides. What was typed comes back with every refusal, and with the preview."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.errors import Conflict, Invalid, Refusal, TooMany
from common.i18n import LANGUAGES, NAMES, _, language
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.content.guides import rules, writing
from forum.content.guides.forms import read_draft
from forum.content.guides.proposals import proposing, queries
from forum.content.guides.proposals.permissions import can_propose, can_validate
from forum.content.guides.queries import shown
from forum.content.guides.writing import Draft

blueprint = localized("guide_proposals", __name__)
ANY_ID = "int(max=2147483647)"
PRIVATE = {"Cache-Control": "no-store"}


@blueprint.get("/guides/proposals")
@members_only
def index() -> Any:
    """One's own, and those that wait for whoever validates."""
    own, waiting = queries.own_and_waiting(actor())
    return render_template(
        "forum/guides/proposals.html", own=own, waiting=waiting, may_propose=can_propose(actor())
    )


@blueprint.get("/guides/propose")
@members_only
def new() -> Any:
    """An empty guide."""
    require(can_propose(actor()))
    return _form(Draft("", "", "", (), None, language()))


@blueprint.post("/guides/propose")
@members_only
def create() -> Any:
    """Send it, or show how it looks."""
    require(can_propose(actor()))
    draft = read_draft(request.form)
    try:
        if request.form.get("step") == "preview":
            return _form(draft, preview=writing.checked(draft))
        made = proposing.propose(actor(), draft)
    except (Invalid, TooMany) as refusal:
        return _form(draft, refusal)
    flash(str(_("Thank you: somebody reads it, and you hear what becomes of it.")))
    return redirect(url_for("guide_proposals.show", id=made), 303)


def _form(typed: Draft, trouble: Refusal | None = None, preview: Draft | None = None) -> Any:
    html = render_template(
        "forum/guides/propose.html", typed=typed, trouble=trouble, faults=getattr(trouble, "fields", {}), preview=preview,
        shown=shown(preview.body) if preview else None, category_choices=[(one.id, one.name) for one in categories()],
        spoken=[(code, NAMES[code]) for code in LANGUAGES], limits=rules,
    )  # fmt: skip
    return html, trouble.status if trouble else 200, PRIVATE


@blueprint.get(f"/guides/proposals/<{ANY_ID}:id>")
@members_only
def show(id: int) -> Any:
    """A proposal as its page would look."""
    return _show(id)


def _show(id: int, trouble: Refusal | None = None) -> Any:
    page = queries.proposal_page(actor(), id)
    html = render_template(
        "forum/guides/proposal.html", page=page, trouble=trouble, faults=getattr(trouble, "fields", {}), limits=rules,
        may_decide=can_validate(actor(), page.author_id), typed=request.form.get("reason", ""),
    )  # fmt: skip
    return html, trouble.status if trouble else 200, PRIVATE


@blueprint.post(f"/guides/proposals/<{ANY_ID}:id>")
@members_only
def decide(id: int) -> Any:
    """Publish it, or decline it with a reason."""
    queries.proposal_page(actor(), id)
    try:
        if request.form.get("act") == "accept":
            made = proposing.accept(actor(), id)
            flash(str(_("The guide is published.")))
            return redirect(url_for("guides.show", id=made), 303)
        proposing.decline(actor(), id, request.form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    flash(str(_("Declined; the member reads why.")))
    return redirect(url_for("guide_proposals.index"), 303)
