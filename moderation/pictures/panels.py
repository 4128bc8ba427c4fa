"""Beside an item whose text shows pictures: each can be hidden alone."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from forum.images.hiding import hidden_among
from forum.images.rules import address
from moderation.pictures.hiding import MESSAGE_MOST, pictures_in
from moderation.review.rules import REASON_ORDER
from moderation.review.wording import REASONS


def of_item(detail: Any) -> str:
    """Its pictures, with what can be done about each; nothing where there are none, or somebody else decides."""
    keys = pictures_in(detail.item) if detail.may_decide else ()
    if not keys:
        return ""
    return render_template(
        "moderation/pictures/_of_item.html", item=detail.item, pictures=[(key, address(key)) for key in keys],
        hidden=hidden_among(keys), reasons=[(one, REASONS[one]) for one in REASON_ORDER], most=MESSAGE_MOST, typed=request.form,
    )  # fmt: skip
