"""What legal notices show at the desk: the notices behind an item of the queue."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from moderation.legal_notices import queries
from moderation.legal_notices.wording import GROUNDS


def of_item(item: Any) -> str:
    """The notices behind an item: ground, explanation and who says so."""
    told = queries.about_item(actor(), item)
    return (
        render_template("moderation/legal_notices/_of_item.html", told=told, grounds=GROUNDS) if told else ""
    )
