"""The questions behind a figure, a part at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.dashboard.figures import PROMISES
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import OUTCOME, Scope
from moderation.dashboard.rules import DAY, MINUTE, Solver, Span, span_to
from moderation.dashboard.wording import day_of
from moderation.escalation.models import SlaEvent
from moderation.escalation.sla_rules import SlaType
from moderation.satisfaction.models import Satisfaction

SIZE = 50
_c = OUTCOME.c
_BY_MEMBERS = (Solver.EXPERT, Solver.MEMBER)
LISTS: dict[str, tuple[Sentence, Any]] = {
    "asked": (_("Questions asked"), lambda: ()),
    "answered": (_("Questions with a valid answer"), lambda: (_c.first_seconds.is_not(None),)),
    "waiting": (_("Questions without a valid answer"), lambda: (_c.first_seconds.is_(None),)),
    "late": (_("Without reply after 24 hours"), lambda: (_late(),)),
    "instant": (_("Answered within five minutes"), lambda: (_c.first_seconds <= 5 * MINUTE,)),
    "members-first": (_("First answered by members"), lambda: (_c.first_seconds.is_not(None), _c.first_by_team.is_(False))),
    "team-first": (_("Answered by the team"), lambda: (_c.team_seconds.is_not(None),)),
    "solved": (_("Solved questions"), lambda: (_c.solved_by.is_not(None),)),
    "solved-experts": (_("Solved by experts"), lambda: (_c.solved_by == Solver.EXPERT,)),
    "solved-members": (_("Solved by members"), lambda: (_c.solved_by.in_(_BY_MEMBERS),)),
    "solved-others": (_("Solved by members who are no experts"), lambda: (_c.solved_by == Solver.MEMBER,)),
    "solved-team": (_("Solved by the team"), lambda: (_c.solved_by == Solver.TEAM,)),
    "solved-asker": (_("Solved by the askers themselves"), lambda: (_c.solved_by == Solver.ASKER,)),
    "unsolved": (_("Not solved yet"), lambda: (_c.solved_by.is_(None),)),
    "presumed": (_("Presumed solved"), lambda: (_c.presumed.is_(True),)),
    "reopened": (_("Reopened questions"), lambda: (_c.reopened.is_(True),)),
    "held": (_("Questions that were held"), lambda: (_c.held_seconds.is_not(None),)),
    "rated": (_("Questions whose asker gave a rating"), lambda: (_c.question_id.in_(_rated()),)),
}  # fmt: skip
"""The lists behind figures: their title, and the criteria on outcomes."""


def _late() -> ColumnElement[bool]:
    day_ago = clock.now() - timedelta(seconds=DAY)
    return or_(_c.first_seconds > DAY, (_c.first_seconds.is_(None)) & (_c.asked_at <= day_ago))


def _rated() -> Any:
    return select(Satisfaction.question_id).where(Satisfaction.answered_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Line:
    """A question of a list. Times are in seconds."""

    id: int
    title: str
    slug: str
    category: str
    asked_at: datetime
    first: int | None
    solved: int | None


def title_of(what: str) -> Sentence | None:
    """What a list is called; None where there is none."""
    if what in LISTS:
        return LISTS[what][0]
    return next((label for metric, label in PROMISES.items() if what == _broken(metric.value)), None)


def _broken(metric: str) -> str:
    return f"broken-{metric.replace('_', '-')}"


def span(scope: Scope) -> Span:
    """The period of a page, up to today on the community's clock."""
    return span_to(i18n.local(clock.now()).toordinal(), scope.days)


def lines(actor: Actor, what: str, scope: Scope, after: str | None, size: int = SIZE) -> Page[Line]:
    """Published questions behind a figure, the latest first. One statement."""
    require(can_see_dashboard(actor))
    period, post, question = span(scope), Post.__table__, Question.__table__
    query = (
        select(
            _c.question_id, _c.asked_at, _c.category_id, _c.first_seconds, _c.solved_seconds, question.c.title,
            question.c.slug,
        )
        .select_from(OUTCOME.join(question, question.c.id == _c.question_id).join(post, post.c.id == question.c.id))
        .where(post.c.state == PostState.PUBLISHED, *scope.criteria(), *_of(what, period))
    )  # fmt: skip
    found = list(db.session.execute(keyset(query, _c.asked_at, _c.question_id, after, size)))
    page = page_of(found, size, lambda row: (row.asked_at, row.question_id))
    known = categories_by_id()
    return Page(
        [
            Line(
                row.question_id, row.title, row.slug, known[row.category_id].name if row.category_id in known else "",
                row.asked_at, row.first_seconds, row.solved_seconds,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


def _of(what: str, period: Span) -> tuple[Any, ...]:
    if what in LISTS:
        return (_c.day >= period.first, _c.day <= period.last, *LISTS[what][1]())
    metric = what.removeprefix("broken-").replace("-", "_")
    since = i18n.day_begins(day_of(period.first))
    broken = select(SlaEvent.question_id).where(
        SlaEvent.metric == metric, SlaEvent.at >= since, SlaEvent.type == SlaType.BREACH
    )
    return (_c.question_id.in_(broken),)
