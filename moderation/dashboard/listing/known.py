"""Every list behind a figure, by its name: what it is called, what its lines are, and the statement that finds them.

Lists of questions are criteria on outcomes of the questions asked in the period. The others are of what happened in it: their
statement gives ``id`` and ``at``, by which they are ordered, and what their kind of line needs (``listing.reading``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from common.i18n import Sentence, _
from moderation.dashboard.campaigns.reach import MOST
from moderation.dashboard.listing import finding
from moderation.dashboard.people import newcomers, pyramid
from moderation.dashboard.reading import OUTCOME, Dates, Scope, window, without_team
from moderation.dashboard.rules import BANDS, MINUTE, Solver
from moderation.dashboard.tables import BAND_NAMES, RUNG_NAMES
from moderation.dashboard.work.cases import AGE_NAMES
from moderation.dashboard.work.promises import PROMISES, broken_list
from moderation.review.rules import CLASSES


class Lines(StrEnum):
    """What the lines of a list are."""

    QUESTIONS = "questions"
    EVENTS = "events"
    CASES = "cases"
    ITEMS = "items"
    MEMBERS = "members"
    TRIALS = "trials"
    GUIDES = "guides"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its title, its lines, how they are found, and what its page says of it."""

    title: Sentence
    lines: Lines
    find: Callable[[Scope, Dates], Select[Any]]
    note: Sentence | None = None


_c = OUTCOME.c
_BY_MEMBERS = (Solver.EXPERT, Solver.MEMBER)
_TEAM_NOTE = _("The last twelve weeks of the period at most.")
_NOW_NOTE = _("As of now, whatever the period.")
Criteria = Callable[[], tuple[ColumnElement[bool], ...]]


def _asked(title: Sentence, criteria: Criteria, note: Sentence | None = None) -> Listing:
    """A list of questions asked in the period."""

    def find(scope: Scope, dates: Dates) -> Select[Any]:
        span = dates.span
        return finding.outcomes().where(
            _c.day >= span.first, _c.day <= span.last, *scope.criteria(), *criteria()
        )

    return Listing(title, Lines.QUESTIONS, find, note)


def _late() -> tuple[ColumnElement[bool], ...]:
    over, within = window("answered-day")
    return over, or_(_c.first_seconds.is_(None), ~within)


def _instant(scope: Scope, dates: Dates) -> Select[Any]:
    span = dates.span
    asked = select(_c.question_id.label("id"), _c.asked_at.label("at"), _c.question_id.label("about")).where(
        _c.first_seconds <= 5 * MINUTE, _c.day >= span.first, _c.day <= span.last, *scope.criteria()
    )  # fmt: skip
    return select(asked.union_all(finding.asks(scope, dates, at_once=True)).subquery())


def _band(place: int) -> Criteria:
    def criteria() -> tuple[ColumnElement[bool], ...]:
        if place < len(BANDS):
            low = () if place == 0 else (_c.first_seconds >= BANDS[place - 1],)
            return *low, _c.first_seconds < BANDS[place]
        over, _within = window("answered-day")
        return (or_(_c.first_seconds >= BANDS[-1], _c.first_seconds.is_(None) & over),)

    return criteria


_WINDOW_NOTE = _("Without the questions that were asked so lately that their time is not over.")
LISTS: dict[str, Listing] = {
    "asked": _asked(_("Questions asked"), lambda: ()),
    "answered": _asked(_("Questions with a valid answer"), lambda: (_c.first_seconds.is_not(None),)),
    "late": _asked(_("Without reply after 24 hours"), _late, _WINDOW_NOTE),
    "members-first": _asked(_("First answered by members"), lambda: (_c.first_seconds.is_not(None), _c.first_by_team.is_(False))),
    "by-members": _asked(_("Answered by members"), lambda: (_c.members_seconds.is_not(None),)),
    "team-first": _asked(_("Answered by the team"), lambda: (_c.team_seconds.is_not(None),)),
    "solved": _asked(_("Solved questions"), lambda: (_c.solved_by.is_not(None),)),
    "solved-experts": _asked(_("Solved by experts"), lambda: (_c.solved_by == Solver.EXPERT,)),
    "solved-members": _asked(_("Solved by members"), lambda: (_c.solved_by.in_(_BY_MEMBERS),)),
    "solved-others": _asked(_("Solved by members who are no experts"), lambda: (_c.solved_by == Solver.MEMBER,)),
    "solved-team": _asked(_("Solved by the team"), lambda: (_c.solved_by == Solver.TEAM,)),
    "solved-asker": _asked(_("Solved by the askers themselves"), lambda: (_c.solved_by == Solver.ASKER,)),
    "unsolved": _asked(_("Not solved yet"), lambda: (_c.solved_by.is_(None),)),
    "presumed": _asked(_("Presumed solved"), lambda: (_c.presumed.is_(True),)),
    "reopened": _asked(_("Reopened questions"), lambda: (_c.reopened.is_(True),)),
    "held": _asked(_("Questions that were held"), lambda: (_c.held_seconds.is_not(None),)),
    "avoided": _asked(_("Solved by members without the team"), without_team),
    "answered-day": _asked(_("Answered within 24 hours"), lambda: window("answered-day"), _WINDOW_NOTE),
    "answered-week": _asked(_("Answered within 7 days"), lambda: window("answered-week"), _WINDOW_NOTE),
    "solved-week": _asked(_("Solved within 7 days"), lambda: window("solved-week"), _WINDOW_NOTE),
    "solved-month": _asked(_("Solved within 30 days"), lambda: window("solved-month"), _WINDOW_NOTE),
    "newcomers-answered": Listing(_("Questions of newcomers answered within 24 hours"), Lines.QUESTIONS, finding.of_newcomers),
    "instant": Listing(_("Help within five minutes"), Lines.EVENTS, _instant, _("Questions answered so soon, and the solutions that were enough for somebody who had begun to ask.")),
    "asks-settled": Listing(_("Asks settled before they were sent"), Lines.EVENTS, finding.asks, _("The solutions that were enough; nobody notes whose asks they were.")),
    "satisfied": Listing(_("Ratings of 4 or 5"), Lines.EVENTS, finding.satisfied, _("By the moment their askers were asked, whenever the questions were.")),
    "rated": Listing(_("Questions whose asker gave a rating"), Lines.EVENTS, finding.rated, _("By the moment their askers were asked, whenever the questions were.")),
    "solutions": Listing(_("Answers of members accepted"), Lines.EVENTS, finding.solutions, _("Accepted in the period, whenever the questions were asked.")),
    "survey": Listing(_("Helped readers who would have contacted the team"), Lines.EVENTS, finding.would_contact, _("The questions whose answers helped them; who they are is not shown.")),
    "answers-of": Listing(_("Answers of members"), Lines.EVENTS, finding.answers_of, _("Published in the period, to questions of others that count.")),
    "solutions-top": Listing(_("Accepted answers of the ten most helpful"), Lines.EVENTS, finding.solutions_of_top, _("Accepted in the period, whenever the questions were asked.")),
    "half-by": Listing(_("Members who wrote half of the solutions"), Lines.MEMBERS, finding.half_by),
    "solvers": Listing(_("Members who wrote solutions"), Lines.MEMBERS, finding.solvers),
    "joined": Listing(_("Members who joined"), Lines.MEMBERS, lambda scope, dates: finding.members(*newcomers.joined(scope, dates))),
    "newcomers-active": Listing(_("Newcomers who wrote"), Lines.MEMBERS, lambda scope, dates: finding.members(*newcomers.joined(scope, dates), newcomers.wrote(scope))),
    "newcomers-helping": Listing(_("Newcomers who answered"), Lines.MEMBERS, lambda scope, dates: finding.members(*newcomers.joined(scope, dates), newcomers.answered(scope))),
    "experienced-stay": Listing(_("Experienced members who stay"), Lines.MEMBERS, finding.stayed, _NOW_NOTE),
    "experts": Listing(_("The experts of today"), Lines.MEMBERS, finding.experts, _NOW_NOTE),
    "experts-active": Listing(_("Active experts"), Lines.MEMBERS, finding.active_experts),
    "recruits": Listing(_("Experts recruited"), Lines.MEMBERS, finding.recruits, _TEAM_NOTE),
    "candidates": Listing(_("Candidates for the rank of super-user"), Lines.MEMBERS, finding.promising, _NOW_NOTE),
    "experts-falling": Listing(_("Experts who answer less"), Lines.MEMBERS, finding.falling_experts, _NOW_NOTE),
    "trials-running": Listing(_("Product trials going on"), Lines.TRIALS, finding.running_trials, _NOW_NOTE),
    "trials-late": Listing(_("Reports of testers that are late"), Lines.TRIALS, finding.late_reports, _NOW_NOTE),
    "trials-reports": Listing(_("Reports that testers handed in"), Lines.TRIALS, finding.reports),
    "cases": Listing(_("Open cases"), Lines.CASES, finding.open_cases(None), _NOW_NOTE),
    "cases-closed": Listing(_("Cases closed in the last 28 days"), Lines.CASES, finding.closed_cases, _NOW_NOTE),
    "cases-opened": Listing(_("Cases opened in the period"), Lines.CASES, finding.opened_cases),
    "decided": Listing(_("Decisions of the team"), Lines.ITEMS, finding.decided(None), _TEAM_NOTE),
    "removed": Listing(_("Restrictions"), Lines.ITEMS, finding.removed(None), _TEAM_NOTE),
    "texts-held": Listing(_("Texts held before publication, then approved"), Lines.ITEMS, finding.texts_held, _TEAM_NOTE),
    "overturned": Listing(_("Overturned on appeal"), Lines.ITEMS, finding.overturned, _TEAM_NOTE),
    "team-answers": Listing(_("Answers of the team"), Lines.EVENTS, finding.team_answers, _TEAM_NOTE),
    "guides": Listing(_("Guides published in the period"), Lines.GUIDES, finding.guides_of_period),
    "team-guides": Listing(_("Guides of the team"), Lines.GUIDES, finding.team_guides, _TEAM_NOTE),
    **{f"rung-{rung.lower()}": _asked(name, lambda rung=rung: (_c.rung == rung,)) for rung, name in RUNG_NAMES.items()},
    **{f"first-{place}": _asked(name, _band(place)) for place, name in enumerate(BAND_NAMES)},
    **{f"cases-{band}": Listing(_("Open cases"), Lines.CASES, finding.open_cases(band), AGE_NAMES[band]) for band in range(len(AGE_NAMES))},
    **{f"decided-{klass}": Listing(_("Decisions of the team"), Lines.ITEMS, finding.decided(klass), _TEAM_NOTE) for klass in CLASSES},
    **{f"removed-{klass}": Listing(_("Restrictions"), Lines.ITEMS, finding.removed(klass), _TEAM_NOTE) for klass in CLASSES},
    **{f"helpers-{least}": Listing(name, Lines.MEMBERS, finding.helpers(least), _NOW_NOTE) for least, name in zip(pyramid.STEPS, pyramid.NAMES, strict=True)},
    **{f"campaign-{place}": Listing(_("Members who took part in a campaign"), Lines.MEMBERS, finding.of_campaign(place), _("As of now; campaigns are those that ended in the period, in all categories and languages.")) for place in range(MOST)},
    **{broken_list(metric): Listing(label, Lines.EVENTS, finding.broken(metric), _("Promises that were broken in the period, whenever the questions were asked; one question may have several.")) for metric, label in PROMISES.items()},
}  # fmt: skip
"""The lists, by name."""
