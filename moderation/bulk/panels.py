"""Beside an item: what else waits that is like it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from moderation.bulk import queries
from moderation.review.permissions import can_bulk
from moderation.review.rules import ItemType
from moderation.screening.links import hosts

MOST_SITES = 3


def like_this(detail: Any) -> str:
    """Ways to all that waits by the same author, with the same text, with a link to the same site. No statement more for
    who moderates everything."""
    item = detail.item
    if not detail.is_waiting or item.kind == ItemType.APPEAL or not can_bulk(actor()):
        return ""
    sites = list(dict.fromkeys(hosts(detail.shown.body)))[:MOST_SITES] if detail.shown else []
    return render_template("moderation/bulk/_like.html", item=item, sites=sites)


def waiting(queue: Any) -> str:
    """Above the list: what waits for a second person, counted with the queue."""
    count = queue.beside[queries.PROPOSALS] if can_bulk(actor()) else 0
    return render_template("moderation/bulk/_waiting.html", count=count) if count else ""
