"""What legal notices show at the desk: the notices behind an item of the queue, and the guide that an item is about."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.db import db
from common.web import actor
from forum.content.guides.models import Guide
from forum.content.guides.queries import shown
from moderation.legal_notices import queries
from moderation.legal_notices.wording import GROUNDS
from moderation.review.rules import ItemType


def of_item(item: Any) -> str:
    """The notices behind an item: ground, explanation and who says so."""
    told = queries.about_item(actor(), item)
    return (
        render_template("moderation/legal_notices/_of_item.html", told=told, grounds=GROUNDS) if told else ""
    )


def guide_of(detail: Any) -> str:
    """The guide an item is about, as it is published, or was."""
    guide = db.session.get(Guide, detail.item.target_id) if detail.kind == ItemType.GUIDE else None
    if guide is None:
        return ""
    return render_template(
        "moderation/legal_notices/_guide.html", guide=guide, page=shown(guide.body), who=detail.author.card
    )
