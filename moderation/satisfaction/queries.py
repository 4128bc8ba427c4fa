"""What customers thought, as the desk shows it: of one case, of one team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from moderation.routing.models import CaseDesk
from moderation.satisfaction.models import Satisfaction
from moderation.satisfaction.rules import HAPPY, share

PERIOD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Figures:
    """Ninety days: asked, answered, the share of 4 and 5 (None below twenty), and of "solved by community"."""

    asked: int
    rated: int
    happy: float | None
    by_community: int


def figures(team_id: int | None = None) -> Figures:
    """Of a team's cases, or of everything. One statement."""
    query = select(
        func.count(), func.count(Satisfaction.score), func.count().filter(Satisfaction.score >= HAPPY),
        func.count().filter(Satisfaction.by_community.is_(True)),
    ).where(Satisfaction.asked_at > clock.now() - PERIOD)  # fmt: skip
    if team_id is not None:
        query = query.join(CaseDesk, CaseDesk.case_id == Satisfaction.case_id).where(
            CaseDesk.team_id == team_id
        )
    asked, rated, happy, community = db.session.execute(query).one()
    return Figures(asked, rated, share(happy, rated), community)


def of_case(case_id: int) -> Satisfaction | None:
    """What the customer said about a case."""
    query = select(Satisfaction).where(Satisfaction.case_id == case_id, Satisfaction.answered_at.is_not(None))
    return db.session.scalar(query.order_by(Satisfaction.id.desc()).limit(1))
