"""Pages of votes: a manager asks, mentors vote, both read what came of it. Never kept by a cache, never indexed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import clock
from common.errors import Conflict, Forbidden, Invalid, Refusal
from common.i18n import _, language, local
from common.permissions import require
from common.web import actor, localized
from forum.content.terms.forms import read_saved
from forum.content.terms.queries import changed, document_of, draft, version_of
from forum.content.terms.rules import Document
from forum.content.terms.words import TITLES
from rewards.votes import numbers, queries, voting
from rewards.votes.forms import read_ballot, read_end
from rewards.votes.permissions import can_ask_mentors, can_vote_on_charter
from rewards.votes.rules import REMARK_MOST
from rewards.votes.words import CHOICES

blueprint = localized("charter_votes", __name__)
ANY_ID = "int(max=2147483647)"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@blueprint.get("/desk/terms/<document>/vote")
@members_only
def ask(document: str) -> Any:
    """What the mentors would be asked, and until when."""
    require(can_ask_mentors(actor()))
    return _ask(document_of(document))


def _ask(document: Document, refusal: Refusal | None = None) -> Any:
    waiting, today = draft(document), local(clock.now()).date()
    known = queries.vote_id_of(document, waiting.number, waiting.saved_at) if waiting is not None else None
    if waiting is None or (known is not None and refusal is None):
        back = url_for("terms.desk_edit", document=document)
        return redirect(url_for("charter_votes.show", id=known) if known is not None else back, 303)
    html = render_template(
        "rewards/votes/ask.html", document=document, title=TITLES[document], draft=waiting, asked=len(queries.mentors()),
        first=today + numbers.shortest(), last=today + numbers.longest() - timedelta(days=1), trouble=refusal, fields=getattr(refusal, "fields", {}),
        typed=request.form if refusal else {}, difference=changed(version_of(waiting), language()),
    )  # fmt: skip
    return html, refusal.status if refusal else 200, PRIVATE


@blueprint.post("/desk/terms/<document>/vote")
@members_only
def begin(document: str) -> Any:
    """Ask them."""
    require(can_ask_mentors(actor()))
    found = document_of(document)
    try:
        made = voting.begin(actor(), found, read_end(request.form), read_saved(request.form))
    except (Invalid, Conflict) as refusal:
        return _ask(found, refusal)
    flash(str(_("The mentors are asked.")))
    return redirect(url_for("charter_votes.show", id=made), 303)


@blueprint.get(f"/rewards/votes/<{ANY_ID}:id>")
@members_only
def show(id: int) -> Any:
    """One vote."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Any:
    who = actor()
    row, own = queries.vote(who, id)
    html = render_template(
        "rewards/votes/show.html", here="rewards", vote=row, own=own, title=TITLES[row.document], choices=CHOICES,
        may=own is not None and can_vote_on_charter(who, queries.holds_mandate(who.member_id or 0)), longest=REMARK_MOST,
        trouble=refusal, fields=getattr(refusal, "fields", {}), typed=request.form if refusal else None,
        difference=changed(version_of(row.version), language()) if row.version is not None else (),
        changes=version_of(row.version).changes[language()] if row.version is not None else "",
    )  # fmt: skip
    return html, refusal.status if refusal else 200, PRIVATE


@blueprint.post(f"/rewards/votes/<{ANY_ID}:id>")
@members_only
def cast(id: int) -> Any:
    """Vote, or vote anew."""
    choice, remark = read_ballot(request.form)
    try:
        voting.cast(actor(), id, choice, remark)
    except (Invalid, Conflict, Forbidden) as refusal:
        return _show(id, refusal)
    flash(str(_("Your vote is kept. You may change it until the end.")))
    return redirect(url_for("charter_votes.show", id=id), 303)
