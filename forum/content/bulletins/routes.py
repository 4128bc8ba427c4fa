"""The desk's pages of official notices, and putting one away."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import rail
from common.errors import Invalid
from common.i18n import _
from common.permissions import require
from common.web import actor, localized, redirect_back
from forum.browsing.queries import categories
from forum.content.bulletins import forms, queries, writing
from forum.content.bulletins.permissions import can_see_desk, can_write_bulletins
from forum.thread.panels import Trouble, with_status

bp = localized("bulletins", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@bp.post(f"/notices/<{ANY_ID}:id>/put-away")
def put_away(id: int) -> Any:
    """Do not show it to me again."""
    writing.put_away(actor(), id)
    return redirect_back(url_for("home.show"))


@bp.get("/desk/notices")
@members_only
def index() -> Response:
    """All notices, and the form for another one."""
    require(can_see_desk(actor()))
    return _page(forms.typed({}))


@bp.post("/desk/notices", endpoint="add")
@members_only
def add() -> Any:
    """Publish one."""
    require(can_see_desk(actor()))
    try:
        writing.write(actor(), forms.read(request.form))
    except Invalid as invalid:
        return _page(forms.typed(request.form), Trouble.of(invalid))
    flash(
        str(
            _(
                "Published. It stands above the list, on the products it names, and where people ask about them."
            )
        )
    )
    return redirect(url_for("bulletins.index"), 303)


@bp.get(f"/desk/notices/<{ANY_ID}:id>")
@members_only
def edit(id: int) -> Response:
    """One notice in its form."""
    require(can_see_desk(actor()))
    return _page(forms.typed_of(writing.load(id)), bulletin_id=id)


@bp.post(f"/desk/notices/<{ANY_ID}:id>", endpoint="change")
@members_only
def change(id: int) -> Any:
    """Change it."""
    require(can_see_desk(actor()))
    try:
        writing.change(actor(), id, forms.read(request.form))
    except Invalid as invalid:
        return _page(forms.typed(request.form), Trouble.of(invalid), id)
    return redirect(url_for("bulletins.index"), 303)


@bp.post(f"/desk/notices/<{ANY_ID}:id>/end", endpoint="end")
@members_only
def end(id: int) -> Any:
    """Show it no more."""
    writing.end(actor(), id)
    return redirect(url_for("bulletins.index"), 303)


def _page(typed: dict[str, str], trouble: Trouble | None = None, bulletin_id: int | None = None) -> Response:
    after = request.args.get("after", "")[:40]
    body = render_template(
        "forum/bulletins/desk.html", page=queries.desk_page(actor(), after), after=after, typed=typed,
        refusal=trouble, errors=trouble.fields if trouble else {}, editing=bulletin_id,
        categories=[(str(one.id), one.name) for one in categories()], may=bool(can_write_bulletins(actor())),
    )  # fmt: skip
    return with_status(body, trouble)


RAIL = rail.Line("bulletins.index", "shield", _("Official notices"), lambda who: who.is_staff)
