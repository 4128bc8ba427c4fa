"""Pages of products: the catalogue, one product, and one's own devices."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import limits
from common.errors import Invalid, NotFound
from common.freshness import LISTS
from common.i18n import _
from common.web import actor, cached_page, client_key, localized, redirect_back
from forum.browsing.queries import categories, category_by_slug, questions_page
from forum.browsing.rules import Filters
from forum.content.bulletins.queries import of_product
from forum.products import owning, queries
from forum.products.rules import PRIVATE_MAX

bp = localized("products", __name__)
ANY_ID = "int(min=1, max=2147483647)"
QUESTIONS_SHOWN = 10


@bp.get("/products/")
@cached_page(LISTS)
def index() -> Any:
    """The catalogue, by category and by words."""
    category = category_by_slug(request.args.get("category", "")[:80])
    typed, after = request.args.get("q", "")[:80], request.args.get("after", "")[:40]
    page = queries.products_page(category.id if category else None, after, typed)
    return render_template(
        "forum/products/index.html", here="categories", page=page, after=after, typed=typed, category=category,
        categories=categories(),
    )  # fmt: skip


@bp.get("/products/<slug>")
@cached_page(LISTS)
def show(slug: str) -> Any:
    """One product: what it is, what solves its troubles, what is asked about it, who owns it."""
    product = queries.by_slug(slug)
    if product is None:
        raise NotFound()
    return render_template(
        "forum/products/show.html", here="categories", product=product, reader=actor(),
        page=questions_page(Filters(product=product.slug), size=QUESTIONS_SHOWN),
        top=queries.top_solutions(product.id), owners=queries.shown_owners(product.id),
        bulletins=of_product(actor(), product.id), successor=queries.product_card(product.replaced_by_id), owned=queries.owns(actor().member_id, product.id),
    )  # fmt: skip


@bp.get("/products/find")
def find() -> Any:
    """Products with the words typed, as choices for a form."""
    limits.hit("find-product", actor().member_id or client_key(), "120/minute")
    return render_template("forum/products/_choices.html", found=queries.find(request.args.get("q", "")[:80]))


# --- one's own devices ------------------------------------------------------------------------------------------


@bp.get("/settings/devices")
@members_only
def devices() -> Any:
    """The list of one's devices, and the search for another one."""
    return _devices_page()


def _devices_page(invalid: Invalid | None = None, device_id: int | None = None) -> Response:
    who, typed = actor(), request.args.get("q", "")[:80]
    done = request.args.get("done")
    body = render_template(
        "forum/products/devices.html", tab="devices", devices=queries.devices_of(who.member_id), typed=typed,
        found=queries.find(typed) if typed else (), known=queries.known_purchases(who), invalid=invalid,
        fields=invalid.fields if invalid else {}, at_fault=device_id, form=request.form, private_max=PRIVATE_MAX,
        done=done if done == "devices" and not invalid else None,
    )  # fmt: skip
    return make_response(body, invalid.status if invalid else 200)


@bp.post("/settings/devices", endpoint="add")
@members_only
def add() -> Any:
    """Put a product on the list."""
    number = request.form.get("product_id", "")
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise NotFound()
    if owning.add_device(actor(), int(number)):
        flash(str(_("It is among your devices now. Only you see that.")))
    return redirect_back(url_for("products.devices"))


@bp.post(f"/settings/devices/<{ANY_ID}:id>", endpoint="change")
@members_only
def change(id: int) -> Any:
    """Change what is written about a device."""
    form = request.form
    try:
        owning.change_device(
            actor(), id, model=form.get("model", ""), serial=form.get("serial", ""), since=form.get("since", ""),
            shown=form.get("shown") == "1",
        )  # fmt: skip
    except Invalid as invalid:
        return _devices_page(invalid, id)
    return redirect(url_for("products.devices", done="devices"), 303)


@bp.post(f"/settings/devices/<{ANY_ID}:id>/remove", endpoint="remove")
@members_only
def remove(id: int) -> Any:
    """Take a device off the list."""
    if owning.remove_device(actor(), id):
        flash(str(_("It is no longer on your list.")))
    return redirect(url_for("products.devices"), 303)
