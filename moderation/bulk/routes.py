"""Pages and acts of decisions about many. Without a script all of it works; a go that is under way shows how far it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import Sentence, _, n_
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.bulk import proposing, queries, running, wording
from moderation.bulk.choosing import Filter
from moderation.bulk.forms import read_filter, read_stamps, read_wish
from moderation.bulk.rules import AT_ONCE, TYPED_FROM, BulkState, By
from moderation.review import wording as review_words
from moderation.review.forms import read_ids
from moderation.review.permissions import can_bulk
from moderation.review.rules import REASON_ORDER

blueprint = localized("bulk", __name__)


def _words() -> dict[str, Any]:
    return {"words": wording, "wording": review_words, "by": By, "open": "review"}


@blueprint.get("/desk/review/many")
def index() -> Response:
    """Choose by what items have in common; what waits for a second person, what was decided."""
    require(can_bulk(actor()))
    return _index()


def _index(refusal: Refusal | None = None) -> Response:
    trouble, after = Trouble.of(refusal) if refusal else None, request.args.get("after", "")[:40]
    body = render_template(
        "moderation/bulk/index.html", trouble=trouble, typed=request.values, proposals=queries.proposals(actor()),
        page=queries.goes(actor(), after), after=after, **_words(),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get("/desk/review/many/preview")
def preview() -> Response:
    """How many there are, some to read, and what to decide."""
    require(can_bulk(actor()))
    try:
        chosen = read_filter(actor(), request.args)
    except Invalid as refusal:
        return _index(refusal)
    return _preview(chosen)


def _preview(
    chosen: Filter, refusal: Refusal | None = None, stamps: dict[int, str] | None = None
) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    shown = queries.preview(actor(), chosen) if chosen.by is not By.TICKED else None
    body = render_template(
        "moderation/bulk/preview.html", shown=shown, stamps=stamps or (shown.stamps if shown else {}), chosen=chosen,
        like=request.values.get("like", "")[:300], trouble=trouble, typed=request.form, reasons=REASON_ORDER, typed_from=TYPED_FROM,
        key=request.form.get("key", "")[:40] or secrets.token_hex(16), **_words(),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/review/many")
def begin() -> Any:
    """Decide what was shown, or propose it to a second person."""
    require(can_bulk(actor()))
    form, stamps = request.form, read_stamps(request.form.getlist("item"))
    chosen = Filter(By.TICKED, "")
    try:
        if form.get("by") != By.TICKED:
            chosen = read_filter(actor(), form)
        key, typed = form.get("key", ""), form.get("typed", "")
        return _begun(proposing.begin(actor(), chosen, stamps, read_wish(form), key, typed))
    except (Conflict, Invalid) as refusal:
        return _preview(chosen, refusal, stamps) if stamps else _index(refusal)


@blueprint.post("/desk/review/bulk")
def decide_ticked() -> Any:
    """Decide all ticked items, each by itself; what is missing is asked for on the page that follows."""
    ids = read_ids(request.form.getlist("item"))
    stamps, chosen = queries.of_ids(actor(), ids), Filter(By.TICKED, "")
    try:
        bulk_id = proposing.begin(actor(), chosen, stamps, read_wish(request.form), typed="")
    except (Conflict, Invalid) as refusal:
        return _preview(chosen, refusal, stamps) if stamps else _index(refusal)
    tab = request.args.get("tab", "")[:12]
    return _begun(bulk_id, url_for("review.queue", tab=tab or None))


def _begun(bulk_id: int, back: str = "") -> Any:
    """A few are decided at once and told in a line; the others are on their way."""
    bulk = proposing.load(bulk_id)
    if bulk.state is BulkState.PROPOSED:
        flash(str(_("Proposed: a second person has to confirm it.")))
    elif bulk.state is BulkState.RUNNING and bulk.item_count <= AT_ONCE:
        running.run(bulk_id)
        bulk = proposing.load(bulk_id)
    if bulk.state is not BulkState.DONE:
        return redirect(url_for("bulk.show", id=bulk_id), 303)
    flash(str(n_("%(count)s item decided.", "%(count)s items decided.", bulk.decided_count)))
    if back and not bulk.passed_count:
        return redirect(back, 303)
    return redirect(url_for("bulk.show", id=bulk_id), 303)


@blueprint.get(f"/desk/review/many/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """One go: how far it is, what was passed over and why."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    shown = queries.one(actor(), id)
    body = render_template("moderation/bulk/show.html", shown=shown, trouble=trouble, **_words())
    return with_status(body, trouble)


def _done(id: int, act: Callable[[], Any], said: Sentence) -> Any:
    try:
        act()
    except Conflict as refusal:
        return _show(id, refusal)
    flash(str(said))
    return redirect(url_for("bulk.show", id=id), 303)


@blueprint.post(f"/desk/review/many/<{ANY_ID}:id>/confirm")
def confirm(id: int) -> Any:
    """The second person agrees."""
    return _done(id, lambda: proposing.confirm(actor(), id), _("Confirmed: it is under way."))


@blueprint.post(f"/desk/review/many/<{ANY_ID}:id>/cancel")
def cancel(id: int) -> Any:
    """Take a proposal off, or stop what is under way."""
    return _done(id, lambda: proposing.cancel(actor(), id), _("Stopped. What was decided by then stays."))


@blueprint.post(f"/desk/review/many/<{ANY_ID}:id>/undo")
def undo(id: int) -> Any:
    """Take back what was decided within the last seconds."""
    done = running.take_back(actor(), id)
    flash(str(n_("%(count)s decision taken back.", "%(count)s decisions taken back.", done.undone)))
    if done.late:
        flash(str(n_("%(count)s stays: its member has been told.", "%(count)s stay: their members have been told.", done.late)))  # fmt: skip
    if done.moved:
        flash(str(n_("%(count)s stays: something came after the decision, or it cannot be taken back.", "%(count)s stay: something came after the decision, or it cannot be taken back.", done.moved)))  # fmt: skip
    return redirect(url_for("bulk.show", id=id), 303)
