"""Pages and acts of the review queue. Every act is a form; what it changes is said on the page that follows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common import text
from common.db import db
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _, n_
from common.permissions import require
from common.unit_of_work import unit_of_work
from common.web import actor, localized, wants_fragment
from moderation.review import bulk, deciding, leasing, queries, queueing, undoing, wording
from moderation.review.forms import read_ids, read_verdict
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_review
from moderation.review.rules import Decision, ItemType, Reason

review: Blueprint = localized("review", __name__)

FIRST_REASONS = (
    Reason.ADVERTISING, Reason.INSULT, Reason.PERSONAL_DATA, Reason.OFF_TOPIC, Reason.DUPLICATE, Reason.UNREADABLE,
    Reason.WRONG_PLACE, Reason.DANGEROUS_ADVICE, Reason.JUNK,
)  # fmt: skip
REASONS = (*FIRST_REASONS, *(reason for reason in Reason if reason not in FIRST_REASONS))


def _tab() -> str:
    tab = request.values.get("tab", "all")
    return tab if tab in queries.TABS else "all"


def _words() -> str:
    return text.normalise(request.args.get("q", "")).strip()[:100]


def _existing(item_id: int) -> ReviewItem:
    item = db.session.get(ReviewItem, item_id)
    if item is None:
        raise NotFound()
    return item


def _page(item_id: int | None, trouble: Refusal | None = None, typed: Any = None) -> Response:
    """List and detail; on a phone only the one that was asked for."""
    require(can_review(actor()))
    tab, words = _tab(), _words()
    queue = queries.queue(actor(), tab, words)
    chosen = item_id or (queue.rows[0].id if queue.rows else None)
    shown = queries.detail(actor(), _existing(chosen)) if chosen else None
    ids = [row.id for row in queue.rows]
    place = ids.index(chosen) if chosen in ids else -1
    body = render_template(
        "moderation/review/queue.html", queue=queue, detail=shown, tab=tab, words=words, asked=item_id is not None,
        trouble=trouble, typed=typed or {}, next_id=ids[place + 1] if 0 <= place < len(ids) - 1 else None,
        undo=queries.last_undoable(actor()), wording=wording, reasons=REASONS, kinds=ItemType, decisions=Decision,
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


def _go_on(message: Any = None) -> Any:
    """The next item, taken for this moderator; the list when none is left."""
    if message:
        flash(str(message))
    lease = leasing.take_next(actor())
    if lease is None:
        return redirect(url_for("review.queue", tab=_tab()), 303)
    return redirect(url_for("review.item", id=lease.item_id, tab=_tab()), 303)


@review.get("/desk/review")
def queue() -> Response:
    """The queue."""
    return _page(None)


@review.get("/desk/review/<int:id>")
def item(id: int) -> Response:
    """One item beside the queue. Looking changes nothing: taking it is an act."""
    return _page(id)


@review.get("/desk/review/<int:id>/history")
def history(id: int) -> str:
    """Everything that happened to one item."""
    require(can_review(actor()))
    found = _existing(id)
    return render_template(
        "moderation/review/history.html",
        detail=queries.detail(actor(), found),
        wording=wording,
        kinds=ItemType,
    )


@review.post("/desk/review/next")
def take_next() -> Any:
    """Take the most pressing item."""
    require(can_review(actor()))
    return _go_on()


@review.post("/desk/review/open")
def open_post() -> Any:
    """Open an item about a post, from its page, and take it."""
    post_id = request.form.get("post", "")
    item_id = queueing.look_at(actor(), int(post_id) if post_id.isascii() and post_id.isdigit() else 0)
    leasing.claim(actor(), item_id)
    return redirect(url_for("review.item", id=item_id), 303)


@review.post("/desk/review/<int:id>/claim")
def claim(id: int) -> Any:
    """Take this very item."""
    try:
        leasing.claim(actor(), id)
    except Conflict as conflict:
        return _page(id, conflict)
    return redirect(url_for("review.item", id=id, tab=_tab()), 303)


@review.post("/desk/review/<int:id>/heartbeat")
def heartbeat(id: int) -> Any:
    """The page is still open: the reservation is renewed."""
    require(can_review(actor()))
    leasing.heartbeat(actor(), id, request.form.get("token", ""))
    return ("", 204) if wants_fragment() else redirect(url_for("review.item", id=id), 303)


@review.post("/desk/review/<int:id>/release")
def release(id: int) -> Any:
    """Give the item back undecided."""
    require(can_review(actor()))
    leasing.release(actor(), id, request.form.get("token", ""))
    return redirect(url_for("review.queue", tab=_tab()), 303)


@review.post("/desk/review/<int:id>/later")
def later(id: int) -> Any:
    """Put the item aside for half an hour and go on."""
    try:
        leasing.skip(actor(), id)
    except Conflict as conflict:
        return _page(id, conflict)
    return _go_on(_("Put aside for half an hour."))


@review.post("/desk/review/<int:id>/decide")
def decide(id: int) -> Any:
    """Decide the item; on success the next one follows."""
    try:
        with unit_of_work():
            token = request.form.get("token") or leasing.claim(actor(), id).token
            made = deciding.decide(
                actor(), id, token, request.form.get("stamp", ""), read_verdict(request.form)
            )
    except (Conflict, Invalid) as trouble:
        return _page(id, trouble, request.form)
    if made.can_undo:  # the page that follows says so beside its undo button
        return _go_on()
    return _go_on(_("#R-%(id)s: %(decision)s.", id=id, decision=wording.decided(made.decision)))


@review.post("/desk/review/<int:id>/escalate")
def escalate(id: int) -> Any:
    """Pass the item to the managers and go on."""
    try:
        with unit_of_work():
            token = request.form.get("token") or leasing.claim(actor(), id).token
            deciding.escalate(actor(), id, token, request.form.get("note", ""))
    except (Conflict, Invalid) as trouble:
        return _page(id, trouble, request.form)
    return _go_on(_("#R-%(id)s: passed to the team.", id=id))


@review.post("/desk/review/<int:id>/undo")
def undo(id: int) -> Any:
    """Take the last decision back."""
    try:
        new_id = undoing.undo(actor(), id)
        leasing.claim(actor(), new_id)
    except Conflict as conflict:
        return _page(None, conflict)
    flash(str(_("Undone: nobody has been told.")))
    return redirect(url_for("review.item", id=new_id, tab=_tab()), 303)


@review.post("/desk/review/<int:id>/note")
def note(id: int) -> Any:
    """Leave a note for colleagues."""
    try:
        deciding.add_note(actor(), id, request.form.get("note", ""))
    except Invalid as invalid:
        return _page(id, invalid, request.form)
    return redirect(url_for("review.item", id=id, tab=_tab()), 303)


@review.post("/desk/review/bulk")
def decide_ticked() -> Any:
    """Decide all ticked items, each by itself."""
    try:
        made = bulk.decide_many(actor(), read_ids(request.form.getlist("item")), read_verdict(request.form))
    except Invalid as invalid:
        return _page(None, invalid, request.form)
    flash(str(n_("%(count)s item decided.", "%(count)s items decided.", len(made.decided))))
    for item_id, refusal in list(made.passed_over.items())[:3]:
        flash(str(_("#R-%(id)s was passed over: %(why)s", id=item_id, why=refusal.sentence)))
    return redirect(url_for("review.queue", tab=_tab()), 303)
