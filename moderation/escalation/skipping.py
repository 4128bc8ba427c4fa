"""When the team is not told although its time has come: nobody reads a reply, it is not the team's subject, it is too old.

Words of danger and of law are never passed over. Staff, experienced members and the asker can still call the team.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.masks.queries import person_of
from accounts.members.models import Member
from common import clock, settings
from common.db import db
from common.i18n import _
from forum.products.models import Product
from forum.questions.models import Question
from moderation.calendars.rules import worked
from moderation.escalation.models import Ladder
from moderation.escalation.rules import COMMUNITY, Climb

settings.define(
    "escalation.oldest_days",
    7,
    unit=_("days"),
    low=1,
    high=365,
    help=_("Questions that waited for longer when the team’s time comes are not passed to it any more."),
)
settings.define(
    "escalation.products_without_team",
    [],
    help=_("References of products about which nothing is passed to the team."),
)


def cause(ladder: Ladder, climb: Climb, due: datetime) -> str | None:
    """Why a question is not passed to the team at its time: ``asker``, ``product``, ``old``; None: it is."""
    if ladder.is_danger or ladder.is_legal:
        return None
    row = db.session.execute(
        select(Member.closed_at, Member.suspended_until, Member.id, Product.key)
        .select_from(Question)
        .outerjoin(Member, Member.id == person_of(Question.author_id))
        .outerjoin(Product, Product.id == Question.product_id)
        .where(Question.id == ladder.question_id)
    ).one()
    away = row.suspended_until is not None and row.suspended_until > clock.now()
    if row.id is None or row.closed_at is not None or away:
        return "asker"
    if row.key is not None and row.key in settings.get("escalation.products_without_team"):
        return "product"
    days = timedelta(days=settings.get("escalation.oldest_days"))
    return "old" if worked(COMMUNITY, climb.start, due, climb.pauses) > days else None
