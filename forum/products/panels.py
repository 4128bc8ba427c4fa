"""What products show in other pages: the card beside a question, the line in the settings."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import rail
from common.i18n import _, language
from common.permissions import ANONYMOUS
from forum.content.guides.queries import in_one_language, rows
from forum.content.guides.shelf import shelf
from forum.following.panels import button
from forum.following.rules import TargetKind
from forum.products import queries
from forum.search.words import terms

GUIDES_SHOWN = 5


def beside_question(head: Any) -> str:
    """The product a question is about."""
    product = queries.product_card(head.product_id)
    return render_template("forum/products/_beside.html", product=product) if product else ""


def settings_line(tab: str) -> str:
    """The list of devices among the pages of the settings."""
    return render_template("forum/products/_settings_line.html", here=tab == "devices")


RAIL = rail.Line("catalogue.index", "box", _("Products"), lambda who: who.is_manager)


def actions_of(product: queries.ProductCard) -> str:
    """Follow a product."""
    return button(TargetKind.PRODUCT, product.id, product.name)


def guides_of(product: queries.ProductCard) -> str:
    """Official guides in whose title or models the product is named."""
    named = [
        guide.id
        for guide in shelf().guides
        if (words := set(terms(product.name, guide.language))) and words <= guide.head
    ]
    guides = in_one_language(rows(ANONYMOUS, named[: 2 * GUIDES_SHOWN]).values(), language())[:GUIDES_SHOWN]
    return render_template("forum/products/_guides.html", guides=guides) if guides else ""
