"""A page that was read says so; without scripts a button does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import redirect, request, url_for

from common import limits
from common.web import actor, wants_fragment
from forum.positions.marking import mark_read
from forum.questions.routes import ANY_ID, questions


@questions.post(f"/questions/<{ANY_ID}:id>/read", endpoint="mark_read")
def read(id: int) -> Any:
    """How far the reader has read. A script expects no answer."""
    limits.hit("read", actor().member_id or "visitor", "120/minute")
    mark_read(actor(), id, moment(request.form.get("until", "")))
    return ("", 204) if wants_fragment() else redirect(url_for("questions.show", id=id), 303)


def moment(sent: str) -> datetime | None:
    """The moment a page named, or None when it is none."""
    try:
        found = datetime.fromisoformat(sent[:40])
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
