"""The desk page of judicial requests: asked, granted, fetched, and the log of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.identity import asking, queries
from accounts.identity.forms import KINDS, read_access
from accounts.identity.models import REFERENCE_MAX, Step
from accounts.identity.numbers import fetched_within, is_kept
from accounts.identity.opening import Concerned
from accounts.identity.permissions import can_ask, can_decide, can_fetch, can_see_log
from accounts.retention import words
from accounts.settings.routes import members_only
from common import clock
from common.errors import Conflict, Gone, Invalid, Refusal
from common.i18n import Sentence, _
from common.permissions import require
from common.web import actor, localized

bp = localized("legal_access", __name__)
STEPS: dict[str, Sentence] = {
    Step.ASKED: _("asked"), Step.SHOWN: _("saw whom it is about"), Step.GRANTED: _("granted"), Step.REFUSED: _("refused"), Step.FETCHED: _("file fetched"),
}  # fmt: skip


@bp.get("/desk/legal-access")
@members_only
def index() -> Any:
    """One's own requests, and for administrators all of them."""
    return _page()


@bp.post("/desk/legal-access")
@members_only
def ask() -> Any:
    """Ask."""
    require(can_ask(actor()))
    try:
        asking.ask(actor(), read_access(request.form))
    except (Invalid, Conflict) as trouble:
        return _page(trouble)
    flash(str(_("An administrator has been asked.")))
    return redirect(url_for("legal_access.index"), 303)


@bp.post("/desk/legal-access/<int(max=2147483647):access_id>/concerned")
@members_only
def show(access_id: int) -> Any:
    """The page with whom a request is about. It is a form, because each time is written into the log."""
    require(can_see_log(actor()))
    try:
        found = asking.show(actor(), access_id)
    except (Conflict, Gone) as trouble:
        return _page(trouble)
    body, status = _page(concerned={access_id: found})
    return body, status, {"Cache-Control": "no-store"}


@bp.post("/desk/legal-access/<int(max=2147483647):access_id>/decide")
@members_only
def decide(access_id: int) -> Any:
    """Grant or refuse."""
    require(can_see_log(actor()))
    try:
        asking.decide(
            actor(), access_id, request.form.get("grant") == "1", request.form.get(f"why-{access_id}", "")
        )
    except (Invalid, Conflict) as trouble:
        return _page(trouble)
    flash(str(_("It is decided, and written into the log.")))
    return redirect(url_for("legal_access.index"), 303)


@bp.post("/desk/legal-access/<int(max=2147483647):access_id>/file")
@members_only
def fetch(access_id: int) -> Any:
    """The file. It is a form, because each time is written into the log."""
    require(can_ask(actor()))
    try:
        body = asking.fetch(actor(), access_id)
    except Gone as trouble:
        return _page(trouble)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="legal-access-{access_id}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(trouble: Refusal | None = None, concerned: Mapping[int, Concerned] | None = None) -> Any:
    who = actor()
    require(can_ask(who))
    after = request.args.get("after", "")[:40]
    shown = queries.requests(who, after)
    now = clock.now()
    body = render_template(
        "accounts/identity/index.html", tab="legal", shown=shown, after=after, kinds={kind: words.KINDS[kind] for kind in KINDS},
        steps=STEPS, trouble=trouble, fields=getattr(trouble, "fields", {}), form=request.form if trouble else {}, kept=is_kept(),
        concerned=concerned or {},
        days=fetched_within().days, reference_max=REFERENCE_MAX,
        may_decide={one.id for one in shown.page.items if one.decided_at is None and can_decide(who, one)},
        may_fetch={one.id for one in shown.page.items if one.until_at and one.until_at > now and can_fetch(who, one)},
    )  # fmt: skip
    return body, trouble.status if trouble else 200
