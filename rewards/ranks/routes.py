"""The desk of ranks: formulas, who would move, mandates. And a member's own mandate: the offer, the charter, handing back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.members.queries import by_names, cards
from common import settings
from common.errors import Conflict, Invalid, Refusal
from common.i18n import Sentence, _, language
from common.permissions import Actor, require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.forms import as_id
from forum.thread.panels import Trouble, with_status
from rewards.mentoring.queries import counts as mentoring_counts
from rewards.ranks import mandates, queries, reviewing, scaling
from rewards.ranks.explaining.wording import WORDS
from rewards.ranks.permissions import can_answer, can_appoint
from rewards.ranks.rules import MENTOR, METRICS, SUPER_USER, TOP
from rewards.ranks.scale import rank_name

blueprint = localized("rank_desk", __name__)
ANY_ID = "int(max=2147483647)"


@blueprint.get("/desk/ranks")
def index() -> Response:
    """The formulas in force, and mandates."""
    return _index()


def _index(
    refusal: Refusal | None = None, shown: scaling.Preview | None = None, keep: bool = False
) -> Response:
    require(can_appoint(actor()))
    trouble = Trouble.of(refusal) if refusal else None
    texts = _texts() if keep else scaling.written()
    body = render_template(
        "rewards/ranks/index.html", texts=texts, names={rank: rank_name(rank).full for rank in range(TOP + 1)},
        metrics=[(name, WORDS[name]) for name in METRICS], preview=shown, refusal=trouble, typed=request.form,
        errors=trouble.fields if trouble else {}, seen=scaling.fingerprint(), areas=[(one.id, one.name) for one in categories()], mandates=queries.mandate_rows(),
        reviews=queries.reviews_waiting(), mentoring=mentoring_counts(actor()), review_months=settings.get("ranks.review_months"),
        people=cards([member_id for member_id, _now, _then in shown.named]) if shown else {},
    )  # fmt: skip
    return with_status(body, trouble)


def _texts() -> dict[int, str]:
    return {
        rank: request.form.get(f"rank-{rank}", "")[:4000].replace("\r\n", "\n") for rank in range(1, TOP + 1)
    }


@blueprint.post("/desk/ranks")
def change() -> Any:
    """Show who would move, or put the formulas in force."""
    require(can_appoint(actor()))
    try:
        trees = scaling.read_formulas(_texts())
        if request.form.get("act") != "apply":
            return _index(shown=scaling.preview(actor(), trees), keep=True)
        scaling.apply(actor(), trees, request.form.get("reason", ""), request.form.get("seen", ""))
    except (Invalid, Conflict) as refusal:
        return _index(refusal, keep=True)
    flash(str(_("The formulas are in force; ranks follow within minutes.")))
    return redirect(url_for("rank_desk.index"), 303)


@blueprint.post("/desk/ranks/mandates")
def nominate() -> Any:
    """Offer a mandate."""
    require(can_appoint(actor()))
    try:
        name = request.form.get("member", "").strip().removeprefix("@")[:100]
        member_id = by_names([name]).get(name) if name else None
        if member_id is None:
            raise Invalid(fields={"member": _("There is no member of this name.")})
        rank = MENTOR if request.form.get("rank") == str(MENTOR) else SUPER_USER
        offered = mandates.nominate(
            actor(), member_id, rank, request.form.get("reason", ""), as_id(request.form.get("category"))
        )
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    flash(str(_("Offered: the member reads the charter first.") if offered else _("It was offered already.")))
    return redirect(url_for("rank_desk.index", _anchor="mandates"), 303)


def _at_the_top(refusal: Invalid | Conflict) -> Refusal:
    """What is wrong in a small form of the page, said above it all: the fields of that name belong to another form."""
    return Conflict(str(refusal.fields["reason"])) if isinstance(refusal, Invalid) else refusal


@blueprint.post(f"/desk/ranks/mandates/<{ANY_ID}:id>/end")
def end(id: int) -> Any:
    """End a mandate, in honour or not."""
    require(can_appoint(actor()))
    try:
        mandates.end_mandate(actor(), id, request.form.get("reason", ""), request.form.get("honour") == "yes")
    except Invalid as refusal:
        return _index(_at_the_top(refusal))
    flash(str(_("The mandate is over.")))
    return redirect(url_for("rank_desk.index", _anchor="mandates"), 303)


@blueprint.post(f"/desk/ranks/reviews/<{ANY_ID}:id>")
def decide_review(id: int) -> Any:
    """An expert stays one, or the rank follows the deeds again."""
    require(can_appoint(actor()))
    try:
        if request.form.get("act") == "lower":
            done, said = (
                reviewing.lower(actor(), id, request.form.get("reason", "")),
                _("The rank is lowered; the member reads why."),
            )
        else:
            done, said = reviewing.keep(actor(), id), _("The member stays an expert.")
    except (Invalid, Conflict) as refusal:
        return _index(_at_the_top(refusal))
    flash(str(said if done else _("This review was over already.")))
    return redirect(url_for("rank_desk.index", _anchor="reviews"), 303)


# --- one's own ----------------------------------------------------------------------------------------------------


@blueprint.get("/rewards/mandate")
def mandate() -> Any:
    """The offer with the charter, or the mandate that runs, or the one that was."""
    return _mandate()


def _mandate(refusal: Refusal | None = None) -> Any:
    who = actor()
    own = queries.own_mandate(who.member_id) if who.member_id is not None else None
    if own is None:
        return redirect(url_for("rewards.ranks"), 303)
    digest, french, english = mandates.charter()
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/ranks/mandate.html", here="rewards", own=own, seen=digest, refusal=trouble,
        charter=french if language() == "fr" else english,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/rewards/mandate/sign")
def sign() -> Any:
    """Accept by signing the charter that was shown."""
    seen = request.form.get("seen", "")
    return _answer(lambda who: mandates.sign(who, seen), _("Signed: thank you, and welcome."))


@blueprint.post("/rewards/mandate/decline")
def decline() -> Any:
    """No, thank you."""
    return _answer(mandates.decline, _("Declined: nothing changes for you."))


@blueprint.post("/rewards/mandate/hand-back")
def hand_back() -> Any:
    """End one's own mandate."""
    return _answer(
        mandates.hand_back,
        _("Handed back. Thank you for all you did; your rank stays what your deeds opened."),
    )


def _answer(verb: Callable[[Actor], bool], said: Sentence) -> Any:
    who = actor()
    require(can_answer(who))
    try:
        done = verb(who)
    except (Invalid, Conflict) as refusal:
        return _mandate(refusal)
    if done:
        flash(str(said))
    return redirect(url_for("rank_desk.mandate"), 303)
