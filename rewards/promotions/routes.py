"""Discounts at the desk: describe, open, pause, end; codes in; who has which; taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import Sentence, _, n_
from common.lists import Page
from common.permissions import Actor, require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from rewards.promotions import forms, keeping, offering, pooling, steering
from rewards.promotions.permissions import can_offer
from rewards.promotions.pooling import FAULT_WORDS, Brought
from rewards.promotions.rules import PromotionKind, PromotionStatus
from rewards.ranks.rules import TOP
from rewards.ranks.scale import rank_name

blueprint = localized("discounts", __name__)

KINDS: dict[PromotionKind, Sentence] = {
    PromotionKind.AMOUNT: _("An amount off"),
    PromotionKind.PERCENT: _("A percentage off"),
    PromotionKind.FREE_SHIPPING: _("Free delivery"),
}


@blueprint.get("/desk/discounts")
def index() -> str:
    """All discounts with stock and budget."""
    status, after = request.args.get("state", "")[:10], request.args.get("after", "")[:40]
    return render_template(
        "rewards/promotions/index.html", page=steering.page(actor(), status, after), status=status, after=after,
        words=steering.STATUS_WORDS, asked=request.args.get("code") == "unknown",
    )  # fmt: skip


@blueprint.get("/desk/discounts/new")
def new() -> Response:
    """The form for another one."""
    return _form(None, forms.typed({}))


@blueprint.post("/desk/discounts/new")
def create() -> Any:
    """Write it down as a draft."""
    require(can_offer(actor()))
    try:
        made = offering.offer_new(actor(), forms.read_offer(request.form))
    except (Invalid, Conflict) as refusal:
        return _form(None, forms.typed(request.form), refusal)
    flash(str(_("Kept as a draft. Bring its codes, then open it.")))
    return redirect(url_for("discounts.show", id=made), 303)


@blueprint.get(f"/desk/discounts/<{ANY_ID}:id>/edit")
def edit(id: int) -> Response:
    """The form of one."""
    line = steering.one(actor(), id)
    return _form(line, forms.typed_of(line.row))


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/edit")
def save(id: int) -> Any:
    """Describe it anew."""
    line = steering.one(actor(), id)
    kept = {"key": line.row.key, "code_source": line.row.code_source.value}
    try:
        offering.change_promotion(actor(), id, forms.read_offer({**request.form.to_dict(), **kept}))
    except (Invalid, Conflict) as refusal:
        return _form(steering.one(actor(), id), forms.typed(request.form), refusal)
    flash(str(_("Kept.")))
    return redirect(url_for("discounts.show", id=id), 303)


def _form(line: steering.Line | None, typed: dict[str, str], refusal: Refusal | None = None) -> Response:
    require(can_offer(actor()))
    trouble = Trouble.of(refusal) if refusal else None
    ranks = [("0", _("Everybody"))] + [(str(one), rank_name(one).full) for one in range(1, TOP + 1)]
    body = render_template(
        "rewards/promotions/form.html", line=line, typed=typed, refusal=trouble, errors=trouble.fields if trouble else {},
        kinds=[(one.value, words) for one, words in KINDS.items()], ranks=ranks, currencies=[(c, c) for c in forms.CURRENCIES],
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get(f"/desk/discounts/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """One discount: figures, acts, codes."""
    return _show(id)


def _show(promotion_id: int, refusal: Refusal | None = None, brought: Brought | None = None) -> Response:
    line = steering.one(actor(), promotion_id)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/promotions/show.html", line=line, row=line.row, later=steering.opens_later(line.row), refusal=trouble,
        errors=trouble.fields if trouble else {}, brought=brought, fault_words=FAULT_WORDS, words=steering.STATE_WORDS,
        count=request.form.get("count", "")[:10], rank=rank_name(line.row.min_rank).full, ended=line.row.status is PromotionStatus.ENDED,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/open", endpoint="open")
def open_now(id: int) -> Any:
    """Let members exchange it."""
    return _turn(id, offering.open_promotion, _("Open: members see it in the rewards centre."))


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/pause")
def pause(id: int) -> Any:
    """Not for now."""
    return _turn(id, offering.pause_promotion, _("Paused. Codes that members have stay good."))


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/end")
def end(id: int) -> Any:
    """Never again."""
    said = _("Ended. Codes that members have stay good; the others are withdrawn.")
    return _turn(id, offering.end_promotion, said)


def _turn(promotion_id: int, verb: Callable[[Actor, int], bool], said: Sentence) -> Any:
    require(can_offer(actor()))
    try:
        verb(actor(), promotion_id)
    except (Invalid, Conflict) as refusal:
        return _show(promotion_id, refusal)
    flash(str(said))
    return redirect(url_for("discounts.show", id=promotion_id), 303)


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/codes")
def bring(id: int) -> Any:
    """A file of codes. Sent twice, it adds nothing twice."""
    require(can_offer(actor()))
    try:
        return _show(id, brought=pooling.bring_file(actor(), id, _file_sent()))
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)


def _file_sent() -> bytes:
    sent = request.files.get("file")
    if sent is None:
        return b""
    with sent.stream:
        return sent.stream.read(pooling.MOST_BYTES + 1)


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/make")
def make(id: int) -> Any:
    """Codes made here."""
    require(can_offer(actor()))
    try:
        count = forms.Reader(request.form).whole("count", 1, 10**6, 0)
        made = pooling.have_free(actor(), id, count)
    except (Invalid, Conflict) as refusal:
        return _show(id, refusal)
    flash(str(n_("%(count)s code made.", "%(count)s codes made.", made.new)))
    return redirect(url_for("discounts.show", id=id), 303)


@blueprint.get(f"/desk/discounts/<{ANY_ID}:id>/members")
def given(id: int) -> Response:
    """Who has codes of it."""
    return _given(id)


def _given(promotion_id: int, refusal: Refusal | None = None, coupon_id: int | None = None) -> Response:
    trouble, after = Trouble.of(refusal) if refusal else None, request.args.get("after", "")[:40]
    body = render_template(
        "rewards/promotions/given.html", line=steering.one(actor(), promotion_id), after=after, refusal=trouble,
        page=steering.given(actor(), promotion_id, after), at=coupon_id, typed=request.form.get("reason", "")[:400],
        errors=trouble.fields if trouble else {},
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/discounts/<{ANY_ID}:id>/members/<{ANY_ID}:coupon_id>/revoke")
def revoke(id: int, coupon_id: int) -> Any:
    """Take a code back: the member is told and gets the points again."""
    require(can_offer(actor()))
    try:
        new = keeping.revoke(actor(), coupon_id, request.form.get("reason", ""))
    except Invalid as refusal:
        return _given(id, refusal, coupon_id)
    flash(
        str(_("Taken back. The member is told and has the points again.") if new else _("It was used or over already."))
    )  # fmt: skip
    return redirect(url_for("discounts.given", id=id), 303)


@blueprint.post("/desk/discounts/find")
def find() -> Any:
    """Whose code is this? Asked by a form, so that the code stands in no address."""
    found = steering.of_code(actor(), request.form.get("code", ""))
    if found is None:
        return redirect(url_for("discounts.index", code="unknown"), 303)
    promotion_id, holder = found
    if holder is None:
        flash(str(_("Nobody has this code.")))
        return redirect(url_for("discounts.show", id=promotion_id), 303)
    body = render_template(
        "rewards/promotions/given.html", line=steering.one(actor(), promotion_id), after="", page=Page([holder], None),
        found=True, errors={}, at=None,
    )  # fmt: skip
    return Response(body)
