"""Pages and acts of the review queue. Every act is a form; what it changes is said on the page that follows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common import text
from common.db import db
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _
from common.permissions import require
from common.unit_of_work import unit_of_work
from common.web import actor, localized, wants_fragment
from forum.questions.forms import as_id
from moderation.pauses import pausing
from moderation.profile_reports.wording import NOTICED, PARTS
from moderation.review import deciding, leasing, queries, queueing, undoing, wording
from moderation.review.forms import read_verdict
from moderation.review.history import follows_undone, texts_of
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_review, is_within
from moderation.review.rules import REASON_ORDER, ItemType, Taken
from moderation.sanctions.wording import causes_with_points

review: Blueprint = localized("review", __name__)


def _tab() -> str:
    tab = request.values.get("tab", "all")
    return tab if tab in queries.TABS else "all"


def _words() -> str:
    return text.normalise(request.args.get("q", "")).strip()[:100]


def _existing(item_id: int) -> ReviewItem:
    item = db.session.get(ReviewItem, item_id)
    if item is None or not is_within(actor(), item):
        raise NotFound()
    return item


def page(item_id: int | None, trouble: Refusal | None = None, typed: Any = None) -> Response:
    """List and detail; on a phone only the one that was asked for."""
    require(can_review(actor()))
    if trouble is not None and wants_fragment():
        raise trouble  # a script shows the sentence where the reader is
    queue = queries.queue(actor(), _tab(), _words())
    free = [row.id for row in queue.rows if not row.is_taken] or [row.id for row in queue.rows]
    chosen = item_id or (free[0] if free else None)
    shown = queries.detail(actor(), queue.items.get(chosen) or _existing(chosen)) if chosen else None
    body = render_template(
        "moderation/review/queue.html", queue=queue, detail=shown, asked=item_id is not None, trouble=trouble,
        typed=typed or {}, **_beside(queue, chosen),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


def _beside(queue: queries.Queue, item_id: int | None) -> dict[str, Any]:
    """What the list needs: the current item, those to read ahead, and the last decision while it can be undone."""
    return {
        "current": item_id, "tab": _tab(), "words": _words(), "ahead": queries.ahead(queue, item_id),
        "undo": undoing.last_undoable(actor()), **_words_of_an_item(),
    }  # fmt: skip


def _words_of_an_item() -> dict[str, Any]:
    return {
        "wording": wording, "reasons": REASON_ORDER, "kinds": ItemType, "causes": causes_with_points(),
        "parts_of_profiles": PARTS,
        "profile_noticed": NOTICED,
    }  # fmt: skip


def go_on(message: Any = None) -> Any:
    """The next item, taken for this moderator; the list when none is left. A script has read the next one ahead: it
    gets the number of the item it is given, and the ones after it."""
    if message:
        flash(str(message))
    if pausing.is_paused(actor()):
        return _to_pause()
    lease = leasing.take_next(actor(), queries.of_tab(_tab()))
    if wants_fragment():
        given = lease.item_id if lease else None
        body = render_template(
            "moderation/review/_decided.html", tab=_tab(), ahead=leasing.held_ready(actor(), given)[: queries.AHEAD],
            undo=undoing.last_undoable(actor()), wording=wording,
        )  # fmt: skip
        return Response(body, headers={"X-Item": str(given or "")}, mimetype="text/html")
    if lease is None:
        return redirect(url_for("review.queue", tab=_tab()), 303)
    return redirect(url_for("review.item", id=lease.item_id, tab=_tab()), 303)


def _to_pause() -> Any:
    """The queue, which says what the pause is about."""
    address = url_for("review.queue", tab=_tab())
    return Response(headers={"X-Go": address}) if wants_fragment() else redirect(address, 303)


@review.get("/desk/review")
def queue() -> Response:
    """The queue; for a script that shows an item, the list beside it."""
    if not wants_fragment():
        return page(None)
    require(can_review(actor()))
    beside, shown = queries.queue(actor(), _tab(), _words()), request.args.get("shown", type=int)
    body = render_template("moderation/review/_after.html", queue=beside, **_beside(beside, shown))
    return Response(body, mimetype="text/html")


@review.get("/desk/review/<int:id>")
def item(id: int) -> Response:
    """One item beside the queue; for a script, the item alone. Looking changes nothing: taking it is an act."""
    if not wants_fragment():
        return page(id)
    require(can_review(actor()))
    shown = queries.detail(actor(), _existing(id))
    body = render_template(
        "moderation/review/_section.html", detail=shown, tab=_tab(), typed={}, trouble=None, queue=None,
        **_words_of_an_item(),
    )  # fmt: skip
    return Response(body, mimetype="text/html")


@review.get("/desk/review/<int:id>/history")
def history(id: int) -> str:
    """Everything that happened to one item."""
    require(can_review(actor()))
    found = _existing(id)
    detail = queries.detail(actor(), found)
    return render_template(
        "moderation/review/history.html",
        detail=detail,
        texts=texts_of(actor(), found, detail.post),
        undone=follows_undone(found),
        wording=wording,
        kinds=ItemType,
    )


@review.post("/desk/review/next")
def take_next() -> Any:
    """Take the most pressing item."""
    require(can_review(actor()))
    return go_on()


@review.post("/desk/review/open")
def open_post() -> Any:
    """Open an item about a post, from its page, and take it."""
    item_id = queueing.look_at(actor(), as_id(request.form.get("post")) or 0)
    leasing.claim(actor(), item_id)
    return redirect(url_for("review.item", id=item_id), 303)


@review.post("/desk/review/<int:id>/claim")
def claim(id: int) -> Any:
    """Take this very item."""
    try:
        leasing.claim(actor(), id)
    except Conflict as conflict:
        return page(id, conflict)
    return redirect(url_for("review.item", id=id, tab=_tab()), 303)


@review.post("/desk/review/<int:id>/take-over")
def take_over(id: int) -> Any:
    """A manager takes the item out of a colleague's hands."""
    try:
        leasing.take_over(actor(), id)
    except Conflict as conflict:
        return page(id, conflict)
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
        return page(id, conflict)
    return go_on(_("Put aside for half an hour."))


def reservation(item_id: int) -> str:
    """The reservation that was sent; without one the item is taken now, after its text, as every verb takes them."""
    if held := request.form.get("token"):
        return held
    deciding.hold_text(item_id)
    return leasing.claim(actor(), item_id).token


def taken() -> Taken:
    """Whether a reservation was sent: without one nobody knows how long the item was read."""
    return Taken.RESERVED if request.form.get("token") else Taken.AT_ONCE


@review.post("/desk/review/<int:id>/decide")
def decide(id: int) -> Any:
    """Decide the item; on success the next one follows."""
    try:
        with unit_of_work():
            verdict, stamp = read_verdict(request.form), request.form.get("stamp", "")
            made = deciding.decide(actor(), id, reservation(id), stamp, verdict, taken())
    except Refusal as trouble:
        return page(id, trouble, request.form)
    if made.told:
        return go_on(made.told)
    if made.can_undo:  # the page that follows says so beside its undo button
        return go_on()
    return go_on(_("#R-%(id)s: %(decision)s.", id=id, decision=wording.decided(made.decision)))


@review.post("/desk/review/<int:id>/undo")
def undo(id: int) -> Any:
    """Take the last decision back."""
    try:
        new_id = undoing.undo(actor(), id)
        leasing.claim(actor(), new_id)
    except Conflict as conflict:
        return page(None, conflict)
    flash(str(_("Undone: its author has not been told.")))
    return redirect(url_for("review.item", id=new_id, tab=_tab()), 303)


@review.post("/desk/review/<int:id>/note")
def note(id: int) -> Any:
    """Leave a note for colleagues."""
    try:
        deciding.add_note(actor(), id, request.form.get("note", ""))
    except Invalid as invalid:
        return page(id, invalid, request.form)
    return redirect(url_for("review.item", id=id, tab=_tab()), 303)
