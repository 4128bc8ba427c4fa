"""The pages of rewards."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.clock import now
from common.errors import NotFound, Refusal
from common.freshness import SITE
from common.i18n import _, local
from common.permissions import require
from common.web import actor, cached_page, localized
from rewards.badges import queries as badges
from rewards.badges import reading
from rewards.badges.words import ABOUT
from rewards.centre import queries
from rewards.centre.filtering import MOST_LINES, as_csv, chosen, read_wish
from rewards.centre.panels import layers
from rewards.ledger.limits import limits
from rewards.ledger.queries import statement
from rewards.promotions import claiming, keeping
from rewards.promotions import queries as discounts
from rewards.promotions.amends import replacing
from rewards.promotions.permissions import can_claim
from rewards.ranks import queries as ranks
from rewards.tables.queries import own_trial

rewards = localized("rewards", __name__)
ANY_ID = "int(max=2147483647)"


@rewards.get("/rewards")
def centre() -> Any:
    """Wallet, discounts, statement, and what each rank opens."""
    return _centre()


def _centre(trouble: Refusal | None = None) -> Any:
    who = actor()
    if who.member_id is None:
        return render_template(
            "rewards/visitor.html",
            here="rewards",
            ranks=ranks.table(),
            layers=layers,
            acts=queries.first_acts(),
        )
    purse = queries.purse(who.member_id)
    lines = statement(who.member_id, size=6).items
    page = render_template(
        "rewards/centre.html", here="rewards", reader=who, purse=purse, layers=layers, ranks=ranks.table(), trouble=trouble,
        offers=discounts.offers(who, purse.wallet.available, purse.progress.rank), points_words=discounts.points_words,
        coupons=discounts.usable_of(who.member_id), lines=lines, titles=queries.names_of(lines),
        amount=discounts.amount, acts=queries.first_acts(), asked=request.args.get("exchange", type=int),
        given=request.args.get("given", type=int), key=secrets.token_urlsafe(16),
    )  # fmt: skip
    return page, trouble.status if trouble else 200


@rewards.get("/rewards/statement", endpoint="statement")
def whole_statement() -> Any:
    """Every line of one's own ledger."""
    who = actor()
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    after = request.args.get("after", "")[:40]
    page = chosen(who.member_id, read_wish(request.args), after)
    return render_template(
        "rewards/statement.html", here="rewards", page=page, after=after, amount=discounts.amount,
        purse=queries.purse(who.member_id), titles=queries.names_of(page.items), trial=own_trial(who.member_id),
    )  # fmt: skip


@rewards.get("/rewards/statement.csv")
def statement_file() -> Any:
    """The lines that are chosen, as a file."""
    who = actor()
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    lines = statement(who.member_id, size=MOST_LINES, criteria=read_wish(request.args).criteria()).items
    headers = {"Content-Disposition": f'attachment; filename="statement-{local(now()):%Y%m%d}.csv"'}
    return Response(as_csv(lines, queries.names_of(lines)), mimetype="text/csv", headers=headers)


@rewards.post(f"/rewards/discounts/<{ANY_ID}:id>/claim")
def claim(id: int) -> Any:
    """Exchange points for a code."""
    require(can_claim(actor()))
    try:
        coupon_id = claiming.claim(actor(), id, request.form.get("key", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        return _centre(refusal)
    return redirect(url_for("rewards.centre", given=coupon_id, _anchor=f"coupon-{coupon_id}"), 303)


@rewards.post(f"/rewards/coupons/<{ANY_ID}:id>/reveal")
def reveal(id: int) -> Any:
    """Show a code to its owner; the look is written down, the code stays out of the address."""
    keeping.reveal(actor(), id)
    back = "rewards.coupons" if request.form.get("from") == "coupons" else "rewards.centre"
    return redirect(url_for(back, _anchor=f"coupon-{id}"), 303)


@rewards.post(f"/rewards/coupons/<{ANY_ID}:id>/replace")
def replace(id: int) -> Any:
    """A new code for one whose order was cancelled."""
    made = replacing.replace(actor(), id)
    said = _("A new code is yours.") if made else _("No code is left: you have your points again.")
    flash(str(said))
    return redirect(url_for("rewards.coupons", _anchor=f"coupon-{made}" if made else None), 303)


@rewards.get("/rewards/coupons")
def coupons() -> Any:
    """One's own discounts: to use, and a part at a time those that were used or are over."""
    who = actor()
    if who.member_id is None:
        return redirect(url_for("rewards.centre"), 303)
    after = request.args.get("after", "")[:40]
    return render_template(
        "rewards/coupons.html", here="rewards", live=[] if after else discounts.usable_of(who.member_id),
        over=discounts.over_of(who.member_id, after), after=after, words=discounts.STATE_WORDS,
    )  # fmt: skip


@rewards.get("/ranks", endpoint="ranks")
@cached_page(SITE)
def ranks_page() -> Any:
    """Ranks, what they ask for and open; the points table with its caps; the badges."""
    who = actor()
    mine = who.member_id if not who.is_staff else None
    return render_template(
        "rewards/ranks.html", here="rewards", reader=who, ranks=ranks.table(), rules=queries.points_table(), limits=limits(),
        medals=badges.grid(mine), layers=layers, progress=ranks.progress(mine) if mine is not None else None,
    )  # fmt: skip


@rewards.get("/guide")
def guide() -> str:
    """How the house works, in three minutes."""
    return render_template("rewards/badges/guide.html", reader=actor(), here="rewards")


@rewards.post("/guide")
@members_only
def finish_guide() -> Any:
    """Read to its end."""
    reading.finish_guide(actor())
    flash(str(_("Thank you. You know how things work here.")))
    return redirect(url_for("rewards.centre"), 303)


@rewards.get("/badges", endpoint="badges")
def all_badges() -> Any:
    """The whole catalogue, each with the next tier and how far one is."""
    who = actor()
    mine = who.member_id if not who.is_staff else None
    return render_template(
        "rewards/badges/catalogue.html", here="rewards", reader=who, medals=badges.grid(mine), about=ABOUT,
        steps=badges.next_steps(mine) if mine is not None else {},
    )  # fmt: skip


@rewards.get("/badges/<key>")
def badge(key: str) -> Any:
    """What a badge asks for, and who has it."""
    shown = badges.badge_page(key, actor().member_id)
    if shown is None:
        raise NotFound()
    return render_template("rewards/badge.html", here="rewards", page=shown, reader=actor())
