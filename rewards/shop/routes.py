"""The shop at the desk: its secrets, exports of codes, what it should switch off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _, n_
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from rewards.promotions.permissions import can_offer
from rewards.shop import exporting, keying, queries
from rewards.shop.rules import Target

blueprint = localized("shop", __name__)
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


@blueprint.get("/desk/shop")
def index() -> Response:
    """Secrets, and what the shop did lately."""
    return _index()


def _index(refusal: Refusal | None = None, secret: str | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/shop/index.html", desk=queries.desk(actor()), refusal=trouble, errors=trouble.fields if trouble else {},
        typed=request.form.get("name", "")[:80], secret=secret,
    )  # fmt: skip
    answer = with_status(body, trouble)
    answer.headers.update(PRIVATE)
    return answer


@blueprint.post("/desk/shop/secrets")
def make() -> Response:
    """A new secret, shown in this answer and never again."""
    try:
        return _index(secret=keying.make_secret(actor(), request.form.get("name", "")))
    except (Invalid, Conflict) as refusal:
        return _index(refusal)


@blueprint.post(f"/desk/shop/secrets/<{ANY_ID}:id>/retire")
def retire(id: int) -> Any:
    """Out of use."""
    keying.retire_secret(actor(), id)
    flash(str(_("Out of use: what is signed with it is refused from now on.")))
    return redirect(url_for("shop.index"), 303)


def _target() -> Target:
    try:
        return Target(request.form.get("target", ""))
    except ValueError:
        raise NotFound() from None


def _listed_at() -> datetime:
    try:
        return datetime.fromisoformat(request.form.get("list", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotFound() from None


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/exports")
def export(id: int) -> Any:
    """Codes for a shop."""
    require(can_offer(actor()))
    try:
        exporting.export_codes(actor(), id, _target())
        flash(str(_("Ready: download the files below.")))
    except Conflict as refusal:
        flash(str(refusal.sentence))
    return redirect(url_for("discounts.show", id=id, _anchor="exports"), 303)


@blueprint.post(f"/desk/exports/<{ANY_ID}:id>/files")
def files(id: int) -> Any:
    """The files of an export. A form, because each download is written down."""
    name, content = exporting.download(actor(), id, request.form.get("reference", "")[:200])
    kind = "text/csv" if name.endswith(".csv") else "application/zip"
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/deactivations")
def deactivations(id: int) -> Any:
    """Make a list of what a shop should switch off; or read one; or say that it is done."""
    require(can_offer(actor()))
    act, target = request.form.get("act"), _target()
    if act == "list":
        exporting.make_list(actor(), id, target)
    elif act == "done":
        done = exporting.deactivated(actor(), id, target, _listed_at())
        flash(str(n_("%(count)s code is off in the shop.", "%(count)s codes are off in the shop.", done)))
    if act in ("list", "done"):
        return redirect(url_for("discounts.show", id=id, _anchor="exports"), 303)
    content = exporting.to_deactivate(actor(), id, target, _listed_at())
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="codes-to-switch-off.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)
