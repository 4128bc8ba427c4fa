"""How often decisions about items whose answer is known agreed with it: of one moderator, or of the whole team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common import clock, i18n, settings
from common.db import db
from common.errors import NotFound
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from moderation.audits.models import Audit
from moderation.audits.rules import WEEKS, Week, by_week
from moderation.audits.seeing import still_known
from moderation.figures.counting import hours
from moderation.figures.rules import local_hours
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.permissions import can_review, can_see_figures
from moderation.review.rules import Decision, ItemType
from rewards.economics.rules import Bar, bars

LIST_SIZE = 30


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Weeks up to now, their sums, and the target in percent."""

    weeks: list[Week]
    total: Week
    target: int

    @property
    def bars(self) -> list[Bar]:
        """The share of each week, beside the target."""
        return bars([[week.share or 0 for week in self.weeks], [self.target for _week in self.weeks]])


@dataclass(frozen=True, slots=True)
class Line:
    """An answered audit: what was known, what was decided."""

    item_id: int
    kind: ItemType
    known: Decision
    decision: Decision
    agreed: bool
    audit: Audit


@dataclass(frozen=True, slots=True)
class Report:
    """The page of one moderator, or of the team (``who`` is None: nobody is named)."""

    who: MemberCard | None
    accuracy: Accuracy
    page: Page[Line]


def window_begins() -> datetime:
    """The beginning of the first of the weeks that are shown."""
    today = i18n.local(clock.now()).date()
    return i18n.day_begins(today - timedelta(days=today.weekday(), weeks=WEEKS - 1))


def accuracy(member_id: int | None = None) -> Accuracy:
    """Week by week, of one moderator or of all together. Two statements."""
    now, since = i18n.local(clock.now()), window_begins()
    today, zone = now.date(), now.tzinfo
    whose = () if member_id is None else (Audit.moderator_id == member_id,)
    counted = (still_known(Audit.source_id), *whose)
    answered = hours(Audit.decided_at, since, *counted)
    agreed = hours(Audit.decided_at, since, Audit.agreed.is_(True), *counted)
    weeks = by_week(local_hours(answered, zone), local_hours(agreed, zone), today)  # type: ignore[arg-type]
    total = Week(weeks[0].monday, sum(one.answered for one in weeks), sum(one.agreed for one in weeks))
    return Accuracy(weeks, total, settings.get("moderation.audit_target"))


def mine(actor: Actor, after: str) -> Report:
    """One's own figures."""
    require(can_review(actor))
    return _report(actor.member_id, after)


def of_person(actor: Actor, member_id: int, after: str) -> Report:
    """Those of one moderator, for managers."""
    require(can_see_figures(actor))
    served = select(Audit.id).where(Audit.moderator_id == member_id).limit(1)
    decided = select(ReviewDecision.id).where(ReviewDecision.actor_id == member_id).limit(1)
    if db.session.scalar(served) is None and db.session.scalar(decided) is None:
        raise NotFound()
    return _report(member_id, after)


def of_team(actor: Actor, after: str) -> Report:
    """Those of all together, for managers; who decided what is not said."""
    require(can_see_figures(actor))
    return _report(None, after)


def _report(member_id: int | None, after: str) -> Report:
    who = cards([member_id])[member_id] if member_id is not None else None
    return Report(who, accuracy(member_id), _lines(member_id, after))


def _lines(member_id: int | None, after: str) -> Page[Line]:
    query = (
        select(Audit, ReviewDecision.decision, ReviewItem)
        .join(ReviewDecision, ReviewDecision.id == Audit.source_id)
        .join(ReviewItem, ReviewItem.id == Audit.item_id)
        .where(Audit.decided_at.is_not(None), still_known(Audit.source_id))
    )
    if member_id is not None:
        query = query.where(Audit.moderator_id == member_id)
    rows = list(db.session.execute(keyset(query, Audit.decided_at, Audit.id, after, LIST_SIZE)))
    page = page_of(rows, LIST_SIZE, lambda row: (row[0].decided_at, row[0].id))
    return Page(
        [
            Line(item.id, item.seen_as, Decision(known), Decision(audit.decision), bool(audit.agreed), audit)
            for audit, known, item in page.items
        ],
        page.next,
    )
