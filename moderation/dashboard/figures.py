"""The figures of a period, each with its definition (domain/escalation.md §C6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from common.i18n import Sentence, _
from common.quantiles import quantile
from moderation.dashboard.reading import OUTCOME, Scope, Sums, Times
from moderation.dashboard.rules import Solver, share, survival
from moderation.dashboard.wording import Figure, Unit
from moderation.escalation.models import Case, SlaEvent
from moderation.escalation.rules import OPEN
from moderation.escalation.sla_rules import Metric, SlaType
from moderation.satisfaction import rules as satisfaction
from moderation.satisfaction.models import Satisfaction

PROMISES = {
    Metric.FIRST_REPLY_ANY: _("First reply in time"),
    Metric.FIRST_REPLY_STAFF: _("First reply of the team in time"),
    Metric.NEXT_REPLY: _("Next reply in time"),
    Metric.PERIODIC_UPDATE: _("News in time"),
    Metric.RESOLUTION: _("Solved in time"),
}
CLOSURES = timedelta(days=28)


def median(times: Times) -> int | None:
    """The time within which half ended; who still waits counts as long as they have waited."""
    return survival(times.ended, times.waiting)


def unanswered(sums: Sums) -> tuple[int, int]:
    """Questions without a valid answer after a day, of those asked at least a day ago."""
    answered, over = sums.window("answered-day")
    return over - answered, over


def main(now: Sums, before: Sums | None) -> list[Figure]:
    """The figures at the top, from questions alone."""
    late, was_late = unanswered(now), unanswered(before) if before else (0, 0)
    return [
        Figure(
            "asked", _("Questions asked"), Unit.COUNT, now.asked,
            _("Published questions of the period. Removed texts, duplicates, merged questions and those of the team are left out, here and everywhere below."),
            "asked", before=before.asked if before else None,
        ),
        Figure(
            "solved", _("Resolution rate"), Unit.SHARE, share(now.done, now.asked),
            _("Share of the questions of the period that are solved today: an answer was accepted or confirmed by the team, or the asker says so. Those presumed solved are counted apart."),
            "solved", of=(now.done, now.asked), before=share(before.done, before.asked) if before else None, rises=True,
        ),
        Figure(
            "first-reply", _("First reply, median"), Unit.SECONDS, median(now.first),
            _("Half of the questions have a valid answer of anybody within this time. Those without one count as long as they have waited (Kaplan and Meier), so that the figure does not look better than it is."),
            "answered", before=median(before.first) if before else None, rises=False,
        ),
        Figure(
            "unanswered-day", _("Without reply after 24 hours"), Unit.SHARE, share(*late),
            _("Of the questions asked at least 24 hours ago: the share that had no valid answer by then."),
            "late", of=late, before=share(*was_late), rises=False,
        ),
    ]  # fmt: skip


def more(now: Sums, before: Sums | None) -> list[Figure]:
    """The others that come from questions alone."""
    was = before or Sums()
    answered, accepted, instant = now["answered"], now.done, now["instant"]
    peers, by_members = now[Solver.EXPERT] + now[Solver.MEMBER], answered - now["team-first"]
    made = [
        Figure("instant", _("Help within five minutes"), Unit.SHARE, share(instant, now.asked), _("Share of the questions with a valid answer within five minutes."), "instant", of=(instant, now.asked), rises=True),
        Figure("first-p50", _("First reply, of those answered: half within"), Unit.SECONDS, quantile(now.first.ended, 50), _("The middle of the times to the first valid answer; questions without one are not in it."), "answered", before=quantile(was.first.ended, 50), rises=False),
        Figure("first-p90", _("First reply, of those answered: nine in ten within"), Unit.SECONDS, quantile(now.first.ended, 90), _("Nine in ten of the answered questions had their first valid answer within this time."), "answered", before=quantile(was.first.ended, 90), rises=False),
        Figure("first-work", _("First reply in the team’s hours, half within"), Unit.SECONDS, quantile(now.work, 50), _("The same time counted in the opening hours of the team’s calendar only."), "answered", before=quantile(was.work, 50), rises=False),
        Figure("first-members", _("First reply of a member, median"), Unit.SECONDS, median(now.members), _("Until the first valid answer of somebody who is not of the team; who still waits for one counts as long as they have waited."), "by-members", before=median(was.members), rises=False),
        Figure("first-team", _("First reply of the team, of those it answered: half within"), Unit.SECONDS, quantile(now.team, 50), _("Until the first valid answer of the team, for questions that it answered."), "team-first", before=quantile(was.team, 50), rises=False),
        Figure("first-team-p90", _("First reply of the team, of those it answered: nine in ten within"), Unit.SECONDS, quantile(now.team, 90), _("Nine in ten of these within this time."), "team-first", before=quantile(was.team, 90), rises=False),
        Figure("held", _("Held before publication, half within"), Unit.SECONDS, quantile(now.held, 50), _("From sending to publication, of the questions that were held."), "held", before=quantile(was.held, 50), rises=False),
        Figure("held-p90", _("Held before publication, nine in ten within"), Unit.SECONDS, quantile(now.held, 90), _("Nine in ten of the questions that were held were published within this time."), "held", before=quantile(was.held, 90), rises=False),
        _window("answered-day", _("Answered within 24 hours"), now, was),
        _window("answered-week", _("Answered within 7 days"), now, was),
        _window("solved-week", _("Solved within 7 days"), now, was),
        _window("solved-month", _("Solved within 30 days"), now, was),
        Figure("presumed", _("Presumed solved"), Unit.COUNT, now["presumed"], _("Quiet for long after an answer that others found useful. Not counted as solved."), "presumed", before=before["presumed"] if before else None),
        Figure("peers-first", _("First answered by members"), Unit.SHARE, share(by_members, answered), _("Share of the answered questions whose first valid answer is not the team’s."), "members-first", of=(by_members, answered), before=share(was["answered"] - was["team-first"], was["answered"]), rises=True),
        Figure("peers-solved", _("Solved by members"), Unit.SHARE, share(peers, accepted), _("Share of the solved questions whose solution another member wrote."), "solved-members", of=(peers, accepted), rises=True),
        Figure("reopened", _("Reopened"), Unit.SHARE, share(now["reopened"], max(now.done, now["reopened"])), _("Questions that were opened again, as a share of those that are solved (of the reopened ones, when these are more). Within 30 days a question is reopened; later it is asked anew."), "reopened", of=(now["reopened"], max(now.done, now["reopened"])), before=share(was["reopened"], max(was.done, was["reopened"])), rises=False),
    ]  # fmt: skip
    return made


def _window(name: str, label: Sentence, now: Sums, was: Sums) -> Figure:
    found = now.window(name)
    return Figure(
        name, label, Unit.SHARE, share(*found),
        _("Of the questions whose time is over (asked at least so long ago): the share that had it within that time."),
        name, of=found, before=share(*was.window(name)), rises=True,
    )  # fmt: skip


def ratings(since: datetime, until: datetime, category: Scope) -> tuple[int, int, int]:
    """Asked for their satisfaction in a period, answered, and satisfied. One statement."""
    s, o = Satisfaction, OUTCOME.c
    query = (
        select(func.count(), func.count(s.score), func.count().filter(s.score >= satisfaction.HAPPY))
        .select_from(s.__table__.join(OUTCOME, o.question_id == s.question_id))
        .where(s.asked_at >= since, s.asked_at < until, *category.criteria())
    )
    row = db.session.execute(query).one()
    return row[0], row[1], row[2]


def csat(now: tuple[int, int, int], before: tuple[int, int, int] | None) -> list[Figure]:
    """How satisfied askers are, and how many said so. Fewer than twenty say nothing."""
    asked, rated, happy = now
    was = satisfaction.share(before[2], before[1]) if before else None
    return [
        Figure(
            "csat", _("Satisfied askers"), Unit.SHARE, satisfaction.share(happy, rated),
            _("Share of the ratings that are 4 or 5 of 5, among those asked in the period. Hidden below %(least)s ratings.", least=satisfaction.SHOWN_FROM),
            "rated", of=(happy, rated) if rated >= satisfaction.SHOWN_FROM else None, before=was, rises=True,
        ),
        Figure("csat-replies", _("Askers who rated"), Unit.SHARE, share(rated, asked), _("Share of the askers who were asked for their satisfaction and gave a rating."), "rated", of=(rated, asked)),
    ]  # fmt: skip


def promises(since: datetime, until: datetime, scope: Scope) -> list[Figure]:
    """Of each promise: how many were kept. Open ones that are overdue count as broken (they have broken already)."""
    e = SlaEvent
    other = e.__table__.alias("other")
    broke = (
        select(other.c.id)
        .where(
            other.c.question_id == e.question_id, other.c.cycle == e.cycle, other.c.metric == e.metric,
            other.c.instance == e.instance, other.c.type == SlaType.BREACH,
        )
        .exists()
    )  # fmt: skip
    fulfilled = func.count().filter((e.type == SlaType.FULFIL) & ~broke)
    query = (
        select(e.metric, func.count().filter(e.type == SlaType.BREACH), fulfilled)
        .select_from(e.__table__.join(OUTCOME, OUTCOME.c.question_id == e.question_id))
        .where(e.at >= since, e.at < until, e.type.in_((SlaType.BREACH, SlaType.FULFIL)), *scope.criteria())
    )
    found = {row[0]: row[1:] for row in db.session.execute(query.group_by(e.metric))}
    definition = _("Promises fulfilled before they were due, of those fulfilled or broken in the period; a reply that comes late keeps its breach, and time that rests is not counted.")  # fmt: skip
    made = []
    for metric, label in PROMISES.items():
        broken, kept = found.get(metric, (0, 0))
        made.append(
            Figure(
                f"promise-{metric.value.replace('_', '-')}", label, Unit.SHARE, share(kept, kept + broken), definition,
                f"broken-{metric.value.replace('_', '-')}", of=(kept, kept + broken), rises=True,
            )
        )  # fmt: skip
    return made


AGES = (1, 3, 7, 30)
"""Days where the bands of the age of open cases end."""


def backlog(scope: Scope) -> tuple[list[int], int]:
    """Open cases by their age in bands of ``AGES``, and how many were closed in the last four weeks. One statement."""
    now, c = clock.now(), Case
    edges = [now - timedelta(days=days) for days in AGES]
    is_open, counts = c.state.in_(OPEN), []
    for number in range(len(AGES) + 1):
        within_ = [] if number == 0 else [c.opened_at <= edges[number - 1]]
        within_ += [] if number == len(AGES) else [c.opened_at > edges[number]]
        counts.append(func.count().filter(is_open, *within_))
    closed = func.count().filter(c.ended_at >= now - CLOSURES)
    cases = c.__table__.join(OUTCOME, OUTCOME.c.question_id == c.question_id)
    query = select(*counts, closed).select_from(cases).where(*scope.criteria())
    row = db.session.execute(query).one()
    return list(row[:-1]), row[-1]


def of_backlog(ages: list[int], closed: int) -> list[Figure]:
    """How much waits at the team's, and how many days of work that is."""
    waits = sum(ages)
    days = waits / (closed / CLOSURES.days) if closed else None
    return [
        Figure("backlog", _("Open cases"), Unit.COUNT, waits, _("Cases of the team that are open now, whenever they began."), href="escalation.board"),
        Figure("backlog-days", _("Days of work that wait"), Unit.DAYS, days, _("Open cases divided by the cases closed on a day, on average of the last 28 days."), href="escalation.board"),
    ]  # fmt: skip
