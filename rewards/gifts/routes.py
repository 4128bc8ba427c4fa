"""Gifts: the member's pages, and the desk with its catalogue, orders and thank-yous."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.members.queries import by_names
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import Sentence, _
from common.permissions import require
from common.text import normalise
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from rewards.gifts import describing, dispatching, forms, ordering, queries, thanking
from rewards.gifts.permissions import can_thank
from rewards.promotions.forms import CURRENCIES
from rewards.promotions.permissions import can_claim, can_offer
from rewards.promotions.rules import PromotionStatus
from rewards.promotions.steering import STATUS_WORDS
from rewards.ranks.rules import TOP
from rewards.ranks.scale import rank_name

blueprint = localized("gifts", __name__)


# --- for members ---------------------------------------------------------------------------------------------------


@blueprint.get("/rewards/gifts")
def mine() -> Any:
    """One's own gifts."""
    return _mine()


def _mine(refusal: Refusal | None = None, at: int | None = None) -> Any:
    who, trouble = actor(), Trouble.of(refusal) if refusal else None
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    body = render_template(
        "rewards/gifts/mine.html", here="rewards", orders=queries.orders_of(who.member_id), words=queries.MINE_WORDS,
        refusal=trouble, errors=trouble.fields if trouble else {}, at=at, typed=request.form.get("address", "")[:500],
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get(f"/rewards/gifts/<{ANY_ID}:id>")
def show(id: int) -> Any:
    """One gift, and the form to exchange for it."""
    return _gift(id)


def _gift(gift_id: int, refusal: Refusal | None = None) -> Any:
    who, trouble = actor(), Trouble.of(refusal) if refusal else None
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    gift = queries.one(who, gift_id)
    if gift is None:
        raise NotFound()
    body = render_template(
        "rewards/gifts/show.html", here="rewards", gift=gift, key=secrets.token_urlsafe(16), refusal=trouble,
        errors=trouble.fields if trouble else {}, typed=request.form.get("address", "")[:500],
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/rewards/gifts/<{ANY_ID}:id>/exchange")
def exchange(id: int) -> Any:
    """Points become a gift."""
    require(can_claim(actor()))
    try:
        ordering.exchange(actor(), id, request.form.get("key", ""), request.form.get("address", ""))
    except (Invalid, Conflict) as refusal:
        return _gift(id, refusal)
    flash(str(_("It is yours. You find it among your gifts.")))
    return redirect(url_for("gifts.mine"), 303)


@blueprint.post(f"/rewards/gifts/orders/<{ANY_ID}:id>/address")
def address(id: int) -> Any:
    """Where a thank-you shall be sent."""
    try:
        ordering.give_address(actor(), id, request.form.get("address", ""))
    except Invalid as refusal:
        return _mine(refusal, id)
    flash(str(_("Thank you: we send it there.")))
    return redirect(url_for("gifts.mine"), 303)


# --- the catalogue at the desk -------------------------------------------------------------------------------------


@blueprint.get("/desk/gifts")
def index() -> str:
    """All gifts, and what waits."""
    after = request.args.get("after", "")[:40]
    approve, send = queries.waiting(actor())
    return render_template(
        "rewards/gifts/index.html", page=queries.catalogue(actor(), after), after=after, approve=approve, send=send,
        kinds=queries.KIND_WORDS, words=STATUS_WORDS,
    )  # fmt: skip


@blueprint.get("/desk/gifts/new")
def new() -> Response:
    """The form for another one."""
    return _form(None, forms.typed({}))


@blueprint.post("/desk/gifts/new")
def create() -> Any:
    """Write it down as a draft."""
    require(can_offer(actor()))
    try:
        describing.describe(actor(), forms.read_gift(request.form))
    except (Invalid, Conflict) as refusal:
        return _form(None, forms.typed(request.form), refusal)
    flash(str(_("Kept as a draft.")))
    return redirect(url_for("gifts.index"), 303)


@blueprint.get(f"/desk/gifts/<{ANY_ID}:id>")
def edit(id: int) -> Response:
    """The form of one, and its acts."""
    return _form(id, forms.typed_of(queries.loaded(actor(), id)))


@blueprint.post(f"/desk/gifts/<{ANY_ID}:id>")
def save(id: int) -> Any:
    """Describe it anew."""
    row = queries.loaded(actor(), id)
    fixed = {name: value for name, value in forms.typed_of(row).items() if name in ("key", "kind", "value", "currency")}  # fmt: skip
    was_open = row.status is PromotionStatus.ACTIVE
    try:
        offer = forms.read_gift({**request.form.to_dict(), **fixed})
        describing.change(actor(), id, offer, forms.seen_stock(request.form))
    except (Invalid, Conflict) as refusal:
        return _form(id, forms.typed(request.form), refusal)
    paused = was_open and queries.loaded(actor(), id).status is not PromotionStatus.ACTIVE
    flash(
        str(_("Kept, and paused: somebody else opens a gift of this value again.") if paused else _("Kept."))
    )
    return redirect(url_for("gifts.edit", id=id), 303)


def _form(gift_id: int | None, typed: dict[str, str], refusal: Refusal | None = None) -> Response:
    require(can_offer(actor()))
    trouble = Trouble.of(refusal) if refusal else None
    ranks = [("0", _("Everybody"))] + [(str(one), rank_name(one).full) for one in range(1, TOP + 1)]
    body = render_template(
        "rewards/gifts/form.html", row=queries.loaded(actor(), gift_id) if gift_id else None, typed=typed, refusal=trouble,
        errors=trouble.fields if trouble else {}, kinds=[(one.value, words) for one, words in queries.KIND_WORDS.items()],
        ranks=ranks, currencies=[(one, one) for one in CURRENCIES], words=STATUS_WORDS,
    )  # fmt: skip
    return with_status(body, trouble)


TURNS: dict[str, tuple[Callable[..., bool], Sentence]] = {
    "open": (describing.open_gift, _("Open: members see it in the rewards centre.")),
    "pause": (describing.pause_gift, _("Paused. Orders go on.")),
    "end": (describing.end_gift, _("Ended. Orders go on.")),
}


@blueprint.post(f"/desk/gifts/<{ANY_ID}:id>/<act>")
def turn(id: int, act: str) -> Any:
    """Open, pause or end it."""
    require(can_offer(actor()))
    if act not in TURNS:
        raise NotFound()
    verb, said = TURNS[act]
    try:
        verb(actor(), id)
    except Conflict as refusal:
        return _form(id, forms.typed_of(queries.loaded(actor(), id)), refusal)
    flash(str(said))
    return redirect(url_for("gifts.edit", id=id), 303)


# --- orders and thank-yous -----------------------------------------------------------------------------------------


@blueprint.get("/desk/gifts/orders")
def orders() -> Response:
    """Orders by state."""
    return _orders()


def _orders(refusal: Refusal | None = None, at: int | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    state, after = request.args.get("state", "")[:12], request.args.get("after", "")[:40]
    body = render_template(
        "rewards/gifts/orders.html", page=queries.orders(actor(), state, after), state=state, after=after, at=at,
        words=queries.STATE_WORDS, refusal=trouble, errors=trouble.fields if trouble else {}, own=actor().member_id,
        typed=request.form.get("reason", "")[:400],
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/gifts/orders/<{ANY_ID}:id>/<act>")
def decide(id: int, act: str) -> Any:
    """What happens to an order."""
    require(can_offer(actor()))
    if act not in ("sent", "approve", "cancel", "refuse"):
        raise NotFound()
    form = request.form
    try:
        if act == "sent":
            dispatching.sent(actor(), id, form.get("tracking", ""))
        elif act == "approve":
            thanking.approve(actor(), id)
        else:
            verb = dispatching.cancel if act == "cancel" else thanking.refuse
            verb(actor(), id, form.get("reason", ""))
    except (Invalid, Conflict) as refusal:
        return _orders(refusal, id)
    flash(str(_("Done.")))
    return redirect(url_for("gifts.orders"), 303)


@blueprint.post("/desk/gifts/parcels")
def parcels() -> Response:
    """What is to be sent, with addresses, as a table. A form, because each look is written down."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([str(head) for head in (_("Number"), _("What"), _("Address"))])
    for one in dispatching.parcels(actor()):
        marked = f"'{one.address}" if one.address[:1] in "=+-@" else one.address
        writer.writerow([one.order_id, one.what, marked])
    headers = {
        "Content-Disposition": 'attachment; filename="parcels.csv"',
        "Cache-Control": "private, no-store",
    }
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


@blueprint.get("/desk/gifts/thank")
def thank() -> Response:
    """The form of a thank-you."""
    return _thank()


def _thank(refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/gifts/thank.html", gifts=queries.givable(actor()), refusal=trouble, key=secrets.token_urlsafe(16),
        errors=trouble.fields if trouble else {}, typed={name: request.form.get(name, "")[:400] for name in ("member", "gift", "words")},
        limit=describing.two_persons_from(),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/gifts/thank")
def thank_now() -> Any:
    """Give it, or propose it."""
    require(can_thank(actor()))
    form = request.form
    name = " ".join(normalise(form.get("member", "")).split())[:80]
    found, chosen = by_names([name]) if name else {}, form.get("gift", "")
    try:
        if not found:
            raise Invalid(
                fields={
                    "member": _("Nobody is called like this: type the name as it stands in the community.")
                }
            )
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
            raise Invalid(fields={"gift": _("Choose a gift that is open.")})
        thanking.thank(
            actor(), next(iter(found.values())), int(chosen), form.get("words", ""), form.get("key", "")
        )
    except NotFound:
        return _thank(Invalid(fields={"gift": _("Choose a gift that is open.")}))
    except (Invalid, Conflict) as refusal:
        return _thank(refusal)
    flash(str(_("Noted. The member is told at once, or when a second person has agreed.")))
    return redirect(url_for("gifts.thank"), 303)
