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
from moderation.dashboard import people
from moderation.dashboard.figures import PROMISES
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import OUTCOME, WINDOWS, Scope, window
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
    "by-members": (_("Answered by members"), lambda: (_c.members_seconds.is_not(None),)),
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
    "avoided": (_("Solved by members without the team"), people.without_team),
    "answered-day": (_("Answered within 24 hours"), lambda: window("answered-day")),
    "answered-week": (_("Answered within 7 days"), lambda: window("answered-week")),
    "solved-week": (_("Solved within 7 days"), lambda: window("solved-week")),
    "solved-month": (_("Solved within 30 days"), lambda: window("solved-month")),
}  # fmt: skip
"""The lists behind figures of the questions asked in a period: their title, and the criteria on outcomes."""
MOMENTS: dict[str, tuple[Sentence, Any, Sentence]] = {
    "rated": (
        _("Questions whose asker gave a rating"), lambda since, until: _rated(since, until),
        _("By the moment their askers were asked, whenever the questions were."),
    ),
    "solutions": (
        _("Answers of members accepted"), lambda since, until: people.solutions(select(_c.question_id), since, until),
        _("Questions whose answer was accepted in the period, whenever they were asked."),
    ),
    "team-answers": (
        _("Answers of the team"), lambda since, _until: people.of_the_team(select(Post.question_id), people.team_since(since)),
        _("Questions in which the team published an answer in the period (90 days at most). The figure counts the answers themselves, in all categories and also where a question does not count."),
    ),
}  # fmt: skip
"""Those of what happened in a period, whenever the question was asked: their title, the numbers of the questions, and
what the page says of them. The broken promises of ``PROMISES`` are the others."""


def _late() -> ColumnElement[bool]:
    day_ago = clock.now() - timedelta(seconds=DAY)
    return or_(_c.first_seconds > DAY, (_c.first_seconds.is_(None)) & (_c.asked_at <= day_ago))


def _rated(since: datetime, until: datetime) -> Any:
    s = Satisfaction
    return select(s.question_id).where(s.answered_at.is_not(None), s.asked_at >= since, s.asked_at < until)


def _breaches(metric: str, since: datetime, until: datetime) -> Any:
    e = SlaEvent
    return select(e.question_id).where(
        e.metric == metric, e.at >= since, e.at < until, e.type == SlaType.BREACH
    )


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
    if what in MOMENTS:
        return MOMENTS[what][0]
    return next((label for metric, label in PROMISES.items() if what == _broken(metric.value)), None)


def note_of(what: str) -> Sentence | None:
    """What its page says of a list whose questions are not simply those asked in the period."""
    if what in WINDOWS:
        return _("Without the questions that were asked so lately that their time is not over.")
    if what in LISTS:
        return None
    if what in MOMENTS:
        return MOMENTS[what][2]
    return _("Questions about which this promise was broken in the period, whenever they were asked. The figure counts every promise, and one question may have several.")  # fmt: skip


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
    since, until = (i18n.day_begins(day_of(day)) for day in (period.first, period.last + 1))
    if what in MOMENTS:
        return (_c.question_id.in_(MOMENTS[what][1](since, until)),)
    return (_c.question_id.in_(_breaches(what.removeprefix("broken-").replace("-", "_"), since, until)),)
