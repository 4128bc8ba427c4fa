"""Lifting one's mask, looking behind one as a member of the team, and where masks are allowed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.members.queries import card
from accounts.settings.routes import members_only
from common import rail
from common.db import db
from common.errors import NotFound
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.masks.deciding import allow_masks
from forum.masks.lifting import lift_mask
from forum.masks.looking import look_behind
from forum.masks.permissions import can_decide_masks
from forum.masks.wearing import mask_rights, under_mask
from forum.questions.forms import as_id
from forum.questions.models import Question
from forum.questions.queries import find_post
from forum.questions.routes import ANY_ID, questions

bp = localized("masks", __name__)


@questions.get(f"/questions/<{ANY_ID}:id>/mask")
@members_only
def mask(id: int) -> Any:
    """What lifting means, for who asked; for the team, the way to look behind it. Nothing happens here yet."""
    return _page(id)


@questions.post(f"/questions/<{ANY_ID}:id>/mask", endpoint="lift_mask")
@members_only
def lift(id: int) -> Any:
    """Show who asked."""
    if lift_mask(actor(), id):
        flash(str(_("Your name stands beside your question now.")))
    return redirect(url_for("short.answer", id=id), 303)


@questions.post(f"/questions/<{ANY_ID}:id>/mask/look", endpoint="look_behind")
@members_only
def look(id: int) -> Any:
    """Who asked, said once on this page; the look is kept."""
    return _page(id, look_behind(actor(), id))


def _page(question_id: int, person: Any = None) -> Any:
    thread = find_post(actor(), question_id)  # where a merged question leads; it has its own mask still
    question = db.session.get(Question, question_id)
    if question is None:
        raise NotFound()
    rights = mask_rights(under_mask(actor(), question_id), card(question.author_id).is_mask)
    if not rights:
        raise NotFound()
    return render_template(
        "forum/masks/show.html", here="questions", question=question, rights=rights, person=person,
        back=url_for("short.answer", id=thread.id),
    )  # fmt: skip


@bp.get("/desk/masks")
@members_only
def index() -> Any:
    """Where one may ask without a name."""
    require(can_decide_masks(actor()))
    return render_template("forum/masks/desk.html", categories=categories())


@bp.post("/desk/masks", endpoint="save")
@members_only
def save() -> Any:
    """Change it."""
    allow_masks(actor(), {one for one in map(as_id, request.form.getlist("category")) if one})
    flash(str(_("Saved. What was asked before stays as it is.")))
    return redirect(url_for("masks.index"), 303)


RAIL = rail.Line("masks.index", "lock", _("Asking without a name"), can_decide_masks)
