"""The figures of a period, each with its definition (domain/escalation.md §C6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, select

from common.db import db
from common.i18n import Sentence, _
from common.quantiles import quantile
from moderation.dashboard.reading import OUTCOME, Dates, Scope, Sums, Times, bar_of
from moderation.dashboard.rules import Solver, share, survival
from moderation.dashboard.wording import Figure, Unit
from moderation.satisfaction import rules as satisfaction
from moderation.satisfaction.models import Satisfaction


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
            _("Published questions of the period. Removed texts, duplicates, merged questions and those of the team (and what it tries out with them) are left out, here and everywhere below."),
            "asked", before=before.asked if before else None,
        ),
        Figure(
            "solved", _("Resolution rate"), Unit.SHARE, share(now.done, now.asked),
            _("Share of the questions of the period that are solved today: an answer was accepted or confirmed by the team, or the asker says so; what was settled in private counts once its summary is published. Those presumed solved are counted apart."),
            "solved", of=(now.done, now.asked), before=share(before.done, before.asked) if before else None, rises=True,
        ),
        Figure(
            "first-reply", _("First reply, median"), Unit.SECONDS, median(now.first),
            _("Half of the questions have a valid answer of anybody within this time. Those without one count as long as they have waited (Kaplan and Meier), so that the figure does not look better than it is."),
            "answered", listed=now["answered"], before=median(before.first) if before else None, rises=False,
        ),
        Figure(
            "unanswered-day", _("Without reply after 24 hours"), Unit.SHARE, share(*late),
            _("Of the questions asked at least 24 hours ago: the share that had no valid answer by then."),
            "late", of=late, before=share(*was_late), rises=False,
        ),
    ]  # fmt: skip


def more(now: Sums, before: Sums | None, asks: tuple[int, int]) -> list[Figure]:
    """The others that come from questions alone; ``asks`` that a solution settled before they were sent, and how many at once."""
    was = before or Sums()
    answered, accepted = now["answered"], now.done
    instant, asked = now["instant"] + asks[1], now.asked + asks[0]
    peers, by_members = now[Solver.EXPERT] + now[Solver.MEMBER], answered - now["team-first"]
    made = [
        Figure("instant", _("Help within five minutes"), Unit.SHARE, share(instant, asked), _("Questions with a valid answer within five minutes, and asks that ended there because a solution shown meanwhile was enough: as a share of all questions and all asks that ended so."), "instant", of=(instant, asked), rises=True),
        Figure("asks-settled", _("Asks settled before they were sent"), Unit.COUNT, asks[0], _("Who began to ask and found what helped among the solutions shown (or followed what is known already), in the period."), "asks-settled", rises=True),
        *_first_replies(now, was),
        Figure("held", _("Questions held before publication, half within"), Unit.SECONDS, quantile(now.held, 50), _("From sending to publication, of the questions that were held."), "held", listed=now["was-held"], before=quantile(was.held, 50), rises=False),
        Figure("held-p90", _("Questions held before publication, nine in ten within"), Unit.SECONDS, quantile(now.held, 90), _("Nine in ten of the questions that were held were published within this time."), "held", listed=now["was-held"], before=quantile(was.held, 90), rises=False),
        _window("answered-day", _("Answered within 24 hours"), now, was),
        _window("answered-week", _("Answered within 7 days"), now, was),
        _window("solved-week", _("Solved within 7 days"), now, was),
        _window("solved-month", _("Solved within 30 days"), now, was),
        Figure("presumed", _("Presumed solved"), Unit.COUNT, now["presumed"], _("Quiet for long after an answer that others found useful. Not counted as solved."), "presumed", before=before["presumed"] if before else None),
        Figure("peers-first", _("First answered by members"), Unit.SHARE, share(by_members, answered), _("Share of the answered questions whose first valid answer is not the team’s."), "members-first", of=(by_members, answered), before=share(was["answered"] - was["team-first"], was["answered"]), rises=True),
        Figure("peers-solved", _("Solved by members"), Unit.SHARE, share(peers, accepted), _("Share of the solved questions whose solution another member wrote."), "solved-members", of=(peers, accepted), rises=True),
        Figure("reopened", _("Reopened"), Unit.SHARE, share(now["reopened"], now["was-solved"]), _("Of the questions that were solved once: the share that their askers opened again after that. Within 30 days a question is reopened; later it is asked anew. A case that the team hands back to the community is none."), "reopened", of=(now["reopened"], now["was-solved"]), before=share(was["reopened"], was["was-solved"]), rises=False),
    ]  # fmt: skip
    return made


_FIRSTS = {
    "first": (_("First reply"), "answered", "answered"),
    "first-members": (_("First reply of a member"), "by-members", "members-answered"),
    "first-team": (_("First reply of the team"), "team-first", "team-answered"),
}
"""By the beginning of their names: what came, its list, and the name of its count."""


def _first_replies(now: Sums, was: Sums) -> list[Figure]:
    """Of anybody, of a member, of the team: the median of all questions, then half and nine in ten of those that had it, by the
    clock and in the team's hours. The median of anybody's stands at the top (``main``)."""
    made = []
    for name, (what, listed, counted) in _FIRSTS.items():
        times, before = _times(now, name), _times(was, name)
        found: list[tuple[str, Sentence, int | None, int | None, Sentence]] = []
        if name != "first":
            found.append(("", _("%(what)s, median", what=what), median(times[0]), median(before[0]), _MEDIAN))
        for end, label, hours, percent, definition in _WAYS:
            value, than = (quantile(one[1] if hours else one[0].ended, percent) for one in (times, before))
            found.append((end, label(what), value, than, definition))
        made += [
            Figure(name + end, label, Unit.SECONDS, value, definition, listed, listed=now[counted], before=than, rises=False)
            for end, label, value, than, definition in found
        ]  # fmt: skip
    return made


_MEDIAN = _("Half of the questions had it within this time; who still waits for it counts as long as they have waited (Kaplan and Meier). Nothing stands here where less than half have it.")  # fmt: skip
_CLOCK = _("Of the questions that had it; those without it are left out.")
_HOURS = _("The same time counted in the opening hours of the team’s calendar only.")
_WAYS: tuple[tuple[str, Callable[[Sentence], Sentence], bool, int, Sentence], ...] = (
    ("-p50", lambda what: _("%(what)s, of those that had one: half within", what=what), False, 50, _CLOCK),
    (
        "-p90",
        lambda what: _("%(what)s, of those that had one: nine in ten within", what=what),
        False,
        90,
        _CLOCK,
    ),
    ("-work", lambda what: _("%(what)s in the team’s hours: half within", what=what), True, 50, _HOURS),
    (
        "-work-p90",
        lambda what: _("%(what)s in the team’s hours: nine in ten within", what=what),
        True,
        90,
        _HOURS,
    ),
)


def _times(sums: Sums, name: str) -> tuple[Times, list[int]]:
    """By the clock, and in the team's hours."""
    return {
        "first": (sums.first, sums.work), "first-members": (sums.members, sums.members_work), "first-team": (sums.team, sums.team_work)
    }[name]  # fmt: skip


def _window(name: str, label: Sentence, now: Sums, was: Sums) -> Figure:
    found = now.window(name)
    return Figure(
        name, label, Unit.SHARE, share(*found),
        _("Of the questions whose time is over (asked at least so long ago): the share that had it within that time."),
        name, of=found, before=share(*was.window(name)), rises=True,
    )  # fmt: skip


def rated(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the ratings asked for in a period, of questions that count."""
    s, o = Satisfaction, OUTCOME.c
    joined = s.__table__.join(OUTCOME, o.question_id == s.question_id)
    return query.select_from(joined).where(
        s.asked_at >= dates.since, s.asked_at < dates.until, *scope.criteria()
    )


Ratings = tuple[int, int, int]
"""Asked for their satisfaction, answered, and satisfied."""


def ratings(scope: Scope, dates: Dates) -> list[Ratings]:
    """Of each bar of a period. One statement."""
    score, bar = Satisfaction.score, bar_of(Satisfaction.asked_at, dates.span).label("bar")
    counts = func.count(), func.count(score), func.count().filter(score >= satisfaction.HAPPY)
    made: list[Ratings] = [(0, 0, 0)] * len(dates.span.starts)
    for place, *found in db.session.execute(rated(select(bar, *counts), scope, dates).group_by("bar")):
        last = min(place, len(made) - 1)  # the hour by which a period with the end of summer time is longer
        made[last] = together([made[last], tuple(found)])
    return made


def together(bars: list[Ratings]) -> Ratings:
    """Of all bars."""
    asked, said, happy = (sum(one[part] for one in bars) for part in range(3))
    return asked, said, happy


def satisfied(bars: list[Ratings]) -> list[float | None]:
    """The share that is satisfied in each bar, where enough said so."""
    return [satisfaction.share(happy, said) for _asked, said, happy in bars]


def csat(now: Ratings, before: Ratings | None) -> list[Figure]:
    """How satisfied askers are, and how many said so. Fewer than twenty say nothing."""
    asked, said, happy = now
    enough = said >= satisfaction.SHOWN_FROM
    was = satisfaction.share(before[2], before[1]) if before else None
    return [
        Figure(
            "csat", _("Satisfied askers"), Unit.SHARE, satisfaction.share(happy, said),
            _("Share of the ratings that are 4 or 5 of 5, among those asked in the period. Hidden below %(least)s ratings.", least=satisfaction.SHOWN_FROM),
            "satisfied" if enough else "", of=(happy, said) if enough else None, before=was, rises=True,
        ),
        Figure("csat-replies", _("Askers who rated"), Unit.SHARE, share(said, asked), _("Share of the askers who were asked for their satisfaction and gave a rating."), "rated", of=(said, asked)),
    ]  # fmt: skip
