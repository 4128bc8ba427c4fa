"""What customers thought, as the desk shows it: of one case, of one team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from forum.questions.models import Question
from moderation.routing.models import CaseDesk
from moderation.satisfaction.asking import window
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


def about(row: Satisfaction) -> tuple[str, str]:
    """Title and language of the question somebody was asked about."""
    found = select(Question.title, Question.language).where(Question.id == row.question_id)
    title, language = db.session.execute(found).one()
    return title, language


def open_to(member_id: int | None, question_id: int) -> bool:
    """Whether a member may still say what they think of the help with a question."""
    since = clock.now() - window()
    query = select(Satisfaction.id).where(
        Satisfaction.question_id == question_id, Satisfaction.asker_id == member_id,
        Satisfaction.asked_at >= since, Satisfaction.answered_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def of_case(case_id: int) -> Satisfaction | None:
    """What the customer said about a case."""
    query = select(Satisfaction).where(Satisfaction.case_id == case_id, Satisfaction.answered_at.is_not(None))
    return db.session.scalar(query.order_by(Satisfaction.id.desc()).limit(1))
