"""When the team is not told although its time has come: nobody reads a reply, it is not the team's subject, it is too old.

Words of danger and of law are never passed over. Staff, experienced members and the asker can still call the team.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Asker:
    """What it depends on: whether whoever asked still reads a reply, and the product (its reference)."""

    is_there: bool = True
    product: str = ""


def cause(
    asker: Asker, climb: Climb, due: datetime, without: Collection[str], oldest: timedelta
) -> str | None:
    """Why a question is not passed to the team at its time: ``asker``, ``product``, ``old``; None: it is. Pure."""
    if not asker.is_there:
        return "asker"
    if asker.product and asker.product in without:
        return "product"
    return "old" if worked(COMMUNITY, climb.start, due, climb.pauses) > oldest else None


def asked_of(ladder: Ladder) -> Callable[[Climb, datetime], str | None]:
    """The same of a question, read when its time has come and by the settings in force."""

    def why_not(climb: Climb, due: datetime) -> str | None:
        if ladder.is_danger or ladder.is_legal:
            return None
        without = settings.get("escalation.products_without_team")
        return cause(
            _asker(ladder.question_id),
            climb,
            due,
            without,
            timedelta(days=settings.get("escalation.oldest_days")),
        )

    return why_not


def _asker(question_id: int) -> Asker:
    row = db.session.execute(
        select(Member.closed_at, Member.suspended_until, Member.id, Product.key)
        .select_from(Question)
        .outerjoin(Member, Member.id == person_of(Question.author_id))
        .outerjoin(Product, Product.id == Question.product_id)
        .where(Question.id == question_id)
    ).one()
    away = row.suspended_until is not None and row.suspended_until > clock.now()
    return Asker(row.id is not None and row.closed_at is None and not away, row.key or "")
