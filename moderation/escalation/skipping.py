"""When the team is not told although its time has come: nobody reads a reply, it is not the team's subject, it is too old.

Words of danger and of law are never passed over. Staff, experienced members and the asker can still call the team.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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


WhyNot = Callable[[Climb, datetime], str | None]


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


def asked_of(ladders: Sequence[Ladder]) -> Callable[[Ladder], WhyNot]:
    """The same of questions whose time may have come, read at once and by the settings in force."""
    askers = _askers([one.question_id for one in ladders])
    without = settings.get("escalation.products_without_team")
    oldest = timedelta(days=settings.get("escalation.oldest_days"))

    def of(ladder: Ladder) -> WhyNot:
        if ladder.is_danger or ladder.is_legal:
            return never
        return lambda climb, due: cause(askers[ladder.question_id], climb, due, without, oldest)

    return of


def never(_climb: Climb, _due: datetime) -> str | None:
    """The team is told."""
    return None


def _askers(question_ids: Sequence[int]) -> dict[int, Asker]:
    rows = db.session.execute(
        select(
            Question.id.label("question_id"), Member.closed_at, Member.suspended_until, Member.id.label("person_id"), Product.key
        )
        .select_from(Question)
        .outerjoin(Member, Member.id == person_of(Question.author_id))
        .outerjoin(Product, Product.id == Question.product_id)
        .where(Question.id.in_(question_ids))
    )  # fmt: skip
    now = clock.now()
    return {
        row.question_id: Asker(
            row.person_id is not None and row.closed_at is None and not (row.suspended_until and row.suspended_until > now),
            row.key or "",
        )
        for row in rows
    }  # fmt: skip
