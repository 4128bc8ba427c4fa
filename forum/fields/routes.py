"""The desk's page of what categories ask."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import rail
from common.errors import Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.fields import keeping
from forum.fields.keeping import FieldDraft
from forum.fields.permissions import can_keep_fields
from forum.fields.queries import all_fields
from forum.fields.rules import FieldKind
from forum.questions.forms import as_id

bp = localized("fields", __name__)
ANY_ID = "int(min=1, max=2147483647)"
KINDS = {
    FieldKind.TEXT: _("A few words"),
    FieldKind.CHOICE: _("One of several answers"),
    FieldKind.NUMBER: _("A number"),
}


@bp.get("/desk/fields")
@members_only
def index() -> Any:
    """All fields, by category, and the form for another one."""
    return _page()


@bp.post("/desk/fields", endpoint="add")
@members_only
def add() -> Any:
    """Have a category ask for something."""
    try:
        keeping.add_field(actor(), as_id(request.form.get("category_id")), _draft())
    except Refusal as refusal:
        return _page(refusal)
    flash(str(_("The ask page asks for it from now on.")))
    return redirect(url_for("fields.index"), 303)


@bp.post(f"/desk/fields/<{ANY_ID}:id>", endpoint="change")
@members_only
def change(id: int) -> Any:
    """Change a field."""
    try:
        keeping.change_field(actor(), id, _draft())
    except Refusal as refusal:
        return _page(refusal, id)
    return redirect(url_for("fields.index"), 303)


@bp.post(f"/desk/fields/<{ANY_ID}:id>/retire", endpoint="retire")
@members_only
def retire(id: int) -> Any:
    """Stop asking, or begin again."""
    keeping.retire_field(actor(), id, request.form.get("active") == "1")
    return redirect(url_for("fields.index"), 303)


def _draft() -> FieldDraft:
    form = request.form
    texts = {name: form.get(name, "")[:2_000] for name in ("label_fr", "label_en", "hint_fr", "hint_en")}
    return FieldDraft(
        **texts, kind=form.get("kind", ""), required=form.get("required") == "1", limit=as_id(form.get("limit")),
        choices=form.get("choices", "")[:4_000], position=as_id(form.get("position")) or 0,
    )  # fmt: skip


def _page(refusal: Refusal | None = None, field_id: int | None = None) -> Response:
    require(can_keep_fields(actor()))
    places = [(None, _("Every category")), *((one.id, one.name) for one in categories())]
    body = render_template(
        "forum/fields/index.html", fields=all_fields(), categories=categories(), places=places, kinds=KINDS, trouble=refusal,
        faults=getattr(refusal, "fields", {}), form=request.form, at_fault=field_id,
    )  # fmt: skip
    return make_response(body, refusal.status if refusal else 200)


RAIL = rail.Line("fields.index", "list", _("What we ask"), can_keep_fields)
