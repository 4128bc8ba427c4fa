"""The pages of templates."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import LANGUAGES, _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.macros import keeping, queries
from moderation.macros.keeping import MacroDraft
from moderation.macros.models import Macro
from moderation.macros.permissions import can_change_macro, can_write_macros
from moderation.macros.rules import BODY_MOST, TITLE_MOST, VARIABLES

blueprint = localized("macros", __name__)


@blueprint.get("/desk/templates")
def index() -> str:
    """The templates one may use."""
    return render_template("moderation/macros/index.html", lines=queries.lines(actor()))


def _form(macro: Macro | None, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/macros/form.html", macro=macro, refusal=trouble, errors=trouble.fields if trouble else {},
        typed=request.form if refusal else {}, codes=LANGUAGES, categories=categories(), variables=VARIABLES,
        longest=BODY_MOST, longest_title=TITLE_MOST,
    )  # fmt: skip
    return with_status(body, trouble)


def _draft() -> MacroDraft:
    form = request.form
    return MacroDraft(
        form.get("title", ""), form.get("body", ""), form.get("language", ""), as_id(form.get("category_id")),
        form.get("for") != "private", form.get("shared") == "1",
    )  # fmt: skip


@blueprint.get("/desk/templates/new")
def new() -> Response:
    """A form for a new template."""
    require(can_write_macros(actor()))
    return _form(None)


@blueprint.post("/desk/templates/new")
def write() -> Any:
    """A new template."""
    require(can_write_macros(actor()))
    try:
        keeping.save(actor(), _draft())
    except (Invalid, Conflict) as refusal:
        return _form(None, refusal)
    return _back()


@blueprint.get(f"/desk/templates/<{ANY_ID}:id>")
def edit(id: int) -> Response:
    """One template."""
    require(can_write_macros(actor()))
    macro = keeping.one(id)
    require(can_change_macro(actor(), macro))
    return _form(macro)


@blueprint.post(f"/desk/templates/<{ANY_ID}:id>")
def change(id: int) -> Any:
    """Change a template, or offer it no more."""
    require(can_write_macros(actor()))
    try:
        if request.form.get("act") == "retire":
            keeping.retire(actor(), id)
        else:
            keeping.save(actor(), _draft(), id, as_id(request.form.get("seen")) or 0)
    except (Invalid, Conflict) as refusal:
        return _form(keeping.one(id), refusal)
    return _back()


def _back() -> Any:
    flash(str(_("The templates are saved.")))
    return redirect(url_for("macros.index"), 303)
