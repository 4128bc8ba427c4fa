"""Who reported a text hears what came of it, once for each answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.notifications import telling
from common.db import db
from moderation.flags.models import Flag


def tell_reporters(
    cause: str, question_id: int | None, post_id: int | None, *criteria: Any, stands: bool = False
) -> None:
    """Tell the members behind these reports. ``stands``: the text is where everybody can read it. Harmless to repeat."""
    flags = db.session.execute(
        select(Flag.flagger_id, Flag.outcome).where(Flag.outcome.is_not(None), *criteria)
    )
    for flagger_id, outcome in {(row.flagger_id, str(row.outcome)) for row in flags}:
        telling.tell(
            flagger_id, "report-answered", cause, question_id=question_id, about_id=post_id, outcome=outcome, stands=stands
        )  # fmt: skip
