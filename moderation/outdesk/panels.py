"""What pages show of the outside desk: where a case stands there, and its word for the asker."""

from __future__ import annotations

from typing import Any

from flask import render_template
from sqlalchemy import select

from accounts.apikeys.models import ApiKey
from common.db import db
from common.web import actor
from moderation.escalation.models import Case
from moderation.outdesk.models import OutsideCase
from moderation.outdesk.wording import STANDS


def of_case(case: Any) -> str:
    """On a case, for the team. One statement."""
    row = db.session.execute(
        select(
            OutsideCase.stand, OutsideCase.reference, OutsideCase.note, OutsideCase.changed_at, ApiKey.name
        )
        .join(ApiKey, ApiKey.id == OutsideCase.api_key_id)
        .where(OutsideCase.case_id == case.card.id)
    ).first()
    if row is None:
        return ""
    return render_template("moderation/outdesk/_case.html", row=row, stand=STANDS[row.stand])


def of_question(head: Any) -> str:
    """On a question, for its asker alone: the newest word of the outside desk."""
    if head.author_id not in actor().ids:
        return ""
    newest = (
        select(OutsideCase.note, OutsideCase.changed_at)
        .join(Case, Case.id == OutsideCase.case_id)
        .where(Case.question_id == head.id, OutsideCase.note != "")
        .order_by(Case.id.desc())
        .limit(1)
    )
    row = db.session.execute(newest).first()
    return render_template("moderation/outdesk/_word.html", row=row) if row else ""
