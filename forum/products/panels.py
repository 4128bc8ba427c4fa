"""What products show in other pages: the card beside a question, the line in the settings."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from forum.products import queries


def beside_question(head: Any) -> str:
    """The product a question is about."""
    product = queries.product_card(head.product_id)
    return render_template("forum/products/_beside.html", product=product) if product else ""


def settings_line(tab: str) -> str:
    """The list of devices among the pages of the settings."""
    return render_template("forum/products/_settings_line.html", here=tab == "devices")


def desk_line(*_args: Any) -> str:
    """The catalogue in the desk's rail."""
    who = actor()
    return render_template("forum/catalogue/_desk_nav.html") if who.is_manager else ""
