"""The catalogue at the desk: what is in it, and files that fill it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.errors import Invalid
from common.permissions import require
from common.web import actor, localized
from forum.catalogue import filling, importing
from forum.catalogue.rules import OWNER_COLUMNS, PRODUCT_COLUMNS, Fault, ImportKind
from forum.catalogue.wording import FAULTS, KINDS, STATES
from forum.products import queries
from forum.products.permissions import can_feed_catalogue

bp = localized("catalogue", __name__)


@bp.get("/desk/products")
@members_only
def index() -> Any:
    """The catalogue in figures, its last files, and the form for another one."""
    return _page()


@bp.post("/desk/products", endpoint="upload")
@members_only
def upload() -> Any:
    """Take a file."""
    form, sent = request.form, request.files.get("file")
    kind = ImportKind.OWNERS if form.get("kind") == ImportKind.OWNERS else ImportKind.PRODUCTS
    try:
        import_id = importing.take_file(
            actor(), sent.stream.read(importing.MOST_BYTES + 1) if sent else b"", kind,
            file_name=(sent.filename or "") if sent else "", complete=form.get("complete") == "1",
            confirmed=form.get("confirmed") == "1", dry_run=form.get("dry_run") == "1",
        )  # fmt: skip
    except Invalid as invalid:
        return _page(invalid)
    return redirect(url_for("catalogue.show", id=import_id), 303)


@bp.get("/desk/products/files/<int(min=1, max=2147483647):id>")
@members_only
def show(id: int) -> Any:
    """What became of a file."""
    taken = importing.one(actor(), id)
    faults = [(line, key, FAULTS[Fault(fault)]) for line, key, fault in taken.result.get("faults", ())]
    return render_template(
        "forum/catalogue/show.html",
        taken=taken,
        kinds=KINDS,
        states=STATES,
        faults=faults,
        result=taken.result,
    )


def _page(invalid: Invalid | None = None) -> Response:
    require(can_feed_catalogue(actor()))
    typed = request.args.get("q", "")[:80]
    body = render_template(
        "forum/catalogue/index.html", invalid=invalid, fields=invalid.fields if invalid else {}, form=request.form,
        typed=typed, found=queries.find(typed, 50, only_active=False) if typed else (), kinds=KINDS, states=STATES,
        active=filling.active_count(), files=importing.recent(), columns={"products": PRODUCT_COLUMNS, "owners": OWNER_COLUMNS},
    )  # fmt: skip
    return make_response(body, invalid.status if invalid else 200)
