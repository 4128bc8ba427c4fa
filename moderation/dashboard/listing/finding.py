"""The statements that find the lines of lists: the same sources as the figures', row by row.

Each gives ``id`` and ``at``; those of what happened also ``about`` (the number of a question, or none), those of the queue
``kind``, ``klass``, ``about`` and ``waited``, those of questions their two times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, select

from accounts.members.models import Member
from forum.asking.models import AskVisit
from forum.content.guides.models import Guide
from forum.questions.models import HelpedMark, Post
from moderation.dashboard import figures
from moderation.dashboard.campaigns import reach
from moderation.dashboard.people import dependence, identification, newcomers, programme, pyramid, trials
from moderation.dashboard.reading import OUTCOME, Dates, Scope
from moderation.dashboard.rules import DAY
from moderation.dashboard.work import cases, promises, team
from moderation.dashboard.worth import asks as settled_asks
from moderation.dashboard.worth import guides, sparing
from moderation.escalation.models import Case, SlaEvent
from moderation.escalation.sla_rules import Metric, SlaType
from moderation.figures import counting
from moderation.review.models import ReviewItem
from moderation.sanctions.models import Appeal
from moderation.satisfaction import rules as satisfaction
from moderation.satisfaction.models import Satisfaction
from rewards.ranks.measuring.candidates import candidates
from rewards.ranks.models import RankChange
from rewards.trials.models import Trial, TrialApplication, TrialReport

Find = Callable[[Scope, Dates], Select[Any]]
_c, _post, _member = OUTCOME.c, Post.__table__, Member.__table__


def outcomes() -> Select[Any]:
    """Questions with their times."""
    return select(_c.question_id.label("id"), _c.asked_at.label("at"), _c.category_id, _c.first_seconds, _c.solved_seconds)  # fmt: skip


def of_newcomers(scope: Scope, dates: Dates) -> Select[Any]:
    return newcomers.questions(outcomes(), scope, dates).where(_c.first_seconds <= DAY)


# --- what happened -------------------------------------------------------------------------------------------------


def asks(scope: Scope, dates: Dates, at_once: bool = False) -> Select[Any]:
    v = AskVisit.__table__.c
    query = settled_asks.settled(select(v.id, v.decided_at.label("at"), v.settled_by_id.label("about")), scope, dates)  # fmt: skip
    return query.where(settled_asks.at_once()) if at_once else query


def rated(scope: Scope, dates: Dates) -> Select[Any]:
    s = Satisfaction.__table__.c
    query = figures.rated(select(s.id, s.asked_at.label("at"), s.question_id.label("about")), scope, dates)
    return query.where(s.score.is_not(None))


def satisfied(scope: Scope, dates: Dates) -> Select[Any]:
    return rated(scope, dates).where(Satisfaction.__table__.c.score >= satisfaction.HAPPY)


def solutions(scope: Scope, dates: Dates) -> Select[Any]:
    columns = _c.question_id.label("id"), _c.accepted_at.label("at"), _c.question_id.label("about")
    return dependence.solutions(select(*columns), scope, dates)


def solutions_of_top(scope: Scope, dates: Dates) -> Select[Any]:
    top = dependence.authors(scope, dates)[: dependence.TOP]
    return solutions(scope, dates).where(_c.helper_id.in_(top))


def would_contact(_scope: Scope, dates: Dates) -> Select[Any]:
    m = HelpedMark.__table__.c
    query = select(m.id, m.given_at.label("at"), m.post_id.label("about"))
    return sparing.given(query, dates).where(m.would_contact.is_(True))


def answers_of(scope: Scope, dates: Dates) -> Select[Any]:
    columns = _post.c.id, _post.c.published_at.label("at"), _post.c.question_id.label("about")
    return identification.answers(select(*columns), scope, dates)


def team_answers(scope: Scope, dates: Dates) -> Select[Any]:
    columns = _post.c.id, _post.c.published_at.label("at"), _post.c.question_id.label("about")
    return team.answers(select(*columns), scope, dates)


def broken(metric: Metric) -> Find:
    e = SlaEvent.__table__.c

    def find(scope: Scope, dates: Dates) -> Select[Any]:
        query = select(e.id, e.at.label("at"), e.question_id.label("about"))
        return promises.of_types(query, scope, dates, SlaType.BREACH).where(e.metric == metric)

    return find


# --- cases ---------------------------------------------------------------------------------------------------------


def _cases(scope: Scope, at: Any, *criteria: Any) -> Select[Any]:
    c = Case.__table__.c
    return cases.about(select(c.id, at.label("at"), c.question_id.label("about")), scope, *criteria)


def open_cases(band: int | None) -> Find:
    return lambda scope, _dates: _cases(scope, Case.__table__.c.opened_at, *cases.is_open(band))


def closed_cases(scope: Scope, _dates: Dates) -> Select[Any]:
    return _cases(scope, Case.__table__.c.ended_at, cases.closed())


def opened_cases(scope: Scope, dates: Dates) -> Select[Any]:
    return _cases(scope, Case.__table__.c.opened_at, *cases.opened(dates))


# --- items of the queue --------------------------------------------------------------------------------------------


def _items(scope: Scope, dates: Dates, klass: int | None, *criteria: Any) -> Select[Any]:
    more = criteria if klass is None else (*criteria, klass == counting.KLASS)
    return team.items(select(*_ITEM), scope, dates, *more)


def decided(klass: int | None) -> Find:
    return lambda scope, dates: _items(scope, dates, klass)


def removed(klass: int | None) -> Find:
    return lambda scope, dates: _items(scope, dates, klass, team.restricting())


def texts_held(scope: Scope, dates: Dates) -> Select[Any]:
    return _items(scope, dates, None, team.held_and_approved())


def overturned(scope: Scope, dates: Dates) -> Select[Any]:
    a = Appeal.__table__.c
    columns = a.id, a.decided_at.label("at"), *_ITEM[2:]
    return team.overturned(select(*columns), scope, dates, team.is_overturned())


_i = ReviewItem.__table__.c
_ITEM: tuple[Any, ...] = (
    _i.id, _i.decided_at.label("at"), _i.id.label("item_id"), _i.kind, counting.KLASS.label("klass"),
    func.coalesce(_i.question_id, _i.post_id).label("about"), _i.waited_seconds.label("waited"),
)  # fmt: skip


# --- product trials -------------------------------------------------------------------------------------------------


def running_trials(_scope: Scope, _dates: Dates) -> Select[Any]:
    t = Trial.__table__.c
    return select(t.id, t.created_at.label("at"), t.id.label("trial_id")).where(trials.running())


def late_reports(_scope: Scope, _dates: Dates) -> Select[Any]:
    a = TrialApplication.__table__.c
    at = func.coalesce(a.due_at, a.updated_at).label("at")
    return select(a.id, at, a.trial_id).where(trials.late())


def reports(_scope: Scope, dates: Dates) -> Select[Any]:
    r, a = TrialReport.__table__.c, TrialApplication.__table__
    source = TrialReport.__table__.join(a, a.c.id == r.application_id)
    return (
        select(r.id, r.written_at.label("at"), a.c.trial_id).select_from(source).where(*trials.written(dates))
    )


# --- guides ----------------------------------------------------------------------------------------------------------


_GUIDE: tuple[Any, ...] = Guide.id, Guide.published_at.label("at"), Guide.title, Guide.slug, Guide.category_id


def guides_of_period(scope: Scope, dates: Dates) -> Select[Any]:
    return guides.published(select(*_GUIDE), scope, dates)


def team_guides(scope: Scope, dates: Dates) -> Select[Any]:
    return team.guides(select(*_GUIDE), scope, dates)


# --- members -------------------------------------------------------------------------------------------------------


def members(*criteria: Any) -> Select[Any]:
    """Members by when they joined."""
    return select(_member.c.id, _member.c.joined_at.label("at")).where(*criteria)


def recruits(_scope: Scope, dates: Dates) -> Select[Any]:
    return members(_member.c.id.in_(team.recruits(select(RankChange.member_id), dates)))


def half_by(scope: Scope, dates: Dates) -> Select[Any]:
    return members(_member.c.id.in_(dependence.half_by(scope, dates)))


def of_campaign(place: int) -> Find:
    return lambda _scope, dates: members(reach.members_of(place, dates))


def helpers(least: int) -> Find:
    def find(scope: Scope, _dates: Dates) -> Select[Any]:
        made = pyramid.answers(scope)
        return members(*pyramid.members(), made.c.author_id == _member.c.id, made.c.count >= least)

    return find


def stayed(scope: Scope, _dates: Dates) -> Select[Any]:
    made = pyramid.answers(scope)
    return members(
        *pyramid.members(), made.c.author_id == _member.c.id, *pyramid.experienced(made), pyramid.stays(made)
    )


def solvers(scope: Scope, dates: Dates) -> Select[Any]:
    return members(_member.c.id.in_(dependence.solvers(scope, dates)))


def promising(_scope: Scope, _dates: Dates) -> Select[Any]:
    return members(_member.c.id.in_(candidates()))


def experts(_scope: Scope, _dates: Dates) -> Select[Any]:
    return programme.experts().add_columns(_member.c.joined_at.label("at"))


def active_experts(scope: Scope, dates: Dates) -> Select[Any]:
    return programme.experts(programme.active(scope, dates)).add_columns(_member.c.joined_at.label("at"))


def falling_experts(scope: Scope, _dates: Dates) -> Select[Any]:
    return programme.experts(programme.falling(scope)).add_columns(_member.c.joined_at.label("at"))
