"""The switch on the page of one's data, and the export on the page of outside connections."""

from __future__ import annotations

from flask import render_template
from sqlalchemy import func, select

from common.db import db
from common.web import actor
from moderation.crm.consenting import consent_of
from moderation.crm.exporting import MOST_IN_FILE
from moderation.crm.models import CrmConsent


def of_data() -> str:
    """Whether the member agrees, since when, and what has left."""
    row = consent_of(actor().member_id or 0)
    return render_template(
        "moderation/crm/_choice.html", row=row, agrees=row is not None and row.withdrawn_at is None
    )


def of_outside() -> str:
    """How many agree, and the file."""
    agreed = select(func.count()).select_from(CrmConsent).where(CrmConsent.withdrawn_at.is_(None))
    return render_template(
        "moderation/crm/_export.html", count=db.session.scalar(agreed) or 0, most=MOST_IN_FILE
    )
