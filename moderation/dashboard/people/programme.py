"""The programme of experts: how many are active, what they solve, what it costs, whose activity falls (design/UX.md, page 44)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db, not_by_index
from common.i18n import _
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.reading import Dates, Scope, Sums
from moderation.dashboard.rules import MONTH, Solver, share
from moderation.dashboard.wording import Figure, Unit
from rewards.ranks.measuring.candidates import candidates
from rewards.ranks.rules import SUPER_USER

BEFORE = timedelta(days=28)
AT_LEAST = 4
"""So many answers in the four weeks before, or nobody says that it became fewer."""
_post, _question, _m = Post.__table__, Question.__table__, Member.__table__.c


def experts(*criteria: ColumnElement[bool]) -> Select[Any]:
    """The super-users and mentors of today."""
    return select(_m.id).where(_m.rank >= SUPER_USER, _m.role.not_in(STAFF), _m.is_mask.is_(False), _m.closed_at.is_(None), *criteria)  # fmt: skip


def active(scope: Scope, dates: Dates) -> ColumnElement[bool]:
    """That a member published an answer in the period."""
    return _answers(scope, dates.since, dates.until) > 0


def falling(scope: Scope) -> ColumnElement[bool]:
    """That a member answered less than half as often in the last four weeks as in the four before."""
    now = clock.now()
    recent, before = _answers(scope, now - BEFORE, now), _answers(scope, now - 2 * BEFORE, now - BEFORE)
    return (before >= AT_LEAST) & (2 * recent < before)


def _answers(scope: Scope, since: Any, until: Any) -> Any:
    p = _post.c
    query = select(func.count()).where(
        p.author_id == _m.id, p.kind == PostKind.ANSWER, p.published_at >= since, p.published_at < until,
        not_by_index(p.state) == PostState.PUBLISHED,
    )  # fmt: skip
    if scope.language is not None:
        query = query.where(p.language == scope.language)
    if scope.category_id is not None:
        here = select(_question.c.id).where(_question.c.category_id == scope.category_id)
        query = query.where(p.question_id.in_(here))
    return query.correlate(Member.__table__).scalar_subquery()


def programme(scope: Scope, dates: Dates, now: Sums, cost: int) -> list[Figure]:
    """The experts; ``cost`` of the programme in the period, in cents. A fixed number of statements."""
    known, at_work, fewer = db.session.execute(
        experts().with_only_columns(
            func.count(), func.count().filter(active(scope, dates)), func.count().filter(falling(scope))
        )
    ).one()
    months = dates.span.days / MONTH
    each = cost / months / known if known and cost else None
    return [
        Figure("experts-active", _("Active experts"), Unit.SHARE, share(at_work, known), _("Of the super-users and mentors of today: the share that published an answer in the period."), "experts-active", of=(at_work, known), rises=True),
        Figure("experts-solve", _("Solved by experts"), Unit.SHARE, share(now[Solver.EXPERT], now.done), _("Share of the solved questions whose solution an expert wrote."), "solved-experts", of=(now[Solver.EXPERT], now.done)),
        Figure("experts-cost", _("Cost of an expert in a month"), Unit.MONEY, each, _("The costs of the programme (the setting of its monthly cost, and what discounts and gifts of the period are worth), divided by the experts of today: the list."), "experts", listed=known),
        Figure("candidates", _("Candidates for the rank of super-user"), Unit.COUNT, len(candidates()), _("Members of the rank of expert who meet all conditions of the rank of super-user but for the team’s word and their signature, and to whom it was not offered; among the two hundred with the most points, now, whatever the period and the filters."), "candidates", rises=True),
        Figure("experts-falling", _("Experts who answer less"), Unit.COUNT, fewer, _("Experts who answered less than half as often in the last four weeks as in the four weeks before (at least four answers then). A word to them may help."), "experts-falling", rises=False),
    ]  # fmt: skip
