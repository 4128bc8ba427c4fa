"""The team's own work at the queue and in threads, together, nobody named: at most 90 days, of the category and language of
the page (domain/escalation.md §C6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import settings
from common.db import db, not_by_index
from common.i18n import _
from common.quantiles import quantile
from forum.content.guides.models import Guide
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.reading import Dates, Scope, bar_of, dates_of, numbers_of, read_numbers
from moderation.dashboard.rules import HOUR, MINUTE, Span, share
from moderation.dashboard.wording import Figure, Table, Unit, day_of
from moderation.dashboard.worth.guides import published
from moderation.figures import counting
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision
from moderation.sanctions.models import Appeal
from moderation.sanctions.rules import AppealState
from rewards.ranks.models import RankChange, Why

settings.define(
    "dashboard.moderation_minutes", 120, unit=_("minutes"), low=1, high=10_080,
    help=_("Within how long half of what comes to the queue should be decided: the mark in the chart of moderation on the dashboard."),
)  # fmt: skip
MOST_DAYS = 84
_item, _decision, _post, _question = (
    ReviewItem.__table__,
    ReviewDecision.__table__,
    Post.__table__,
    Question.__table__,
)
_member, _appeal = Member.__table__, Appeal.__table__


def span_of(span: Span) -> Span:
    """What of a period is read: its last twelve weeks."""
    return span if span.days <= MOST_DAYS else Span(span.last - MOST_DAYS + 1, MOST_DAYS)


def items(query: Any, scope: Scope, dates: Dates, *criteria: Any) -> Select[Any]:
    """From items of the queue decided in the last twelve weeks of a period, what was taken back left out."""
    lately = dates_of(span_of(dates.span))
    source = _item.outerjoin(_decision, _decision.c.item_id == _item.c.id)
    return query.select_from(source).where(*counting.stands(lately.since), _item.c.decided_at < lately.until, *of_scope(scope), *criteria)  # fmt: skip


def of_scope(scope: Scope) -> list[Any]:
    """The filters of the page as criteria on items."""
    made = [] if scope.category_id is None else [_item.c.category_id == scope.category_id]
    return made if scope.language is None else [*made, _item.c.language == scope.language]


def restricting() -> ColumnElement[bool]:
    """The criterion on items with their decision: a text was refused, removed or hidden."""
    return counting.RESTRICTED


def held_and_approved() -> ColumnElement[bool]:
    """The criterion on items with their decision: it was held before publication, and approved."""
    approved = func.coalesce(_decision.c.decision, "").in_((Decision.APPROVE, Decision.APPROVE_AND_MASK))
    return and_(counting.WAS_HELD, approved)


def overturned(query: Any, scope: Scope, dates: Dates, *criteria: Any) -> Select[Any]:
    """From the appeals answered in the last twelve weeks of a period."""
    lately = dates_of(span_of(dates.span))
    source = _appeal.outerjoin(_item, _item.c.id == _appeal.c.item_id)
    return query.select_from(source).where(_appeal.c.decided_at >= lately.since, _appeal.c.decided_at < lately.until, *of_scope(scope), *criteria)  # fmt: skip


def is_overturned() -> Any:
    """The criterion on appeals: somebody else decided otherwise."""
    return _appeal.c.state == AppealState.OVERTURNED


def answers(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the answers the team published in the last twelve weeks of a period."""
    lately, p = dates_of(span_of(dates.span)), _post.c
    staff = select(_member.c.id).where(_member.c.role.in_(STAFF))
    criteria = [] if scope.language is None else [p.language == scope.language]
    if scope.category_id is not None:
        criteria.append(_question.c.category_id == scope.category_id)
    return query.select_from(_post.join(_question, _question.c.id == p.question_id)).where(
        p.author_id.in_(staff), p.kind == PostKind.ANSWER, not_by_index(p.state) == PostState.PUBLISHED,
        p.published_at >= lately.since, p.published_at < lately.until, *criteria,
    )  # fmt: skip


def guides(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the guides by the team published in the last twelve weeks of a period."""
    staff = select(_member.c.id).where(_member.c.role.in_(STAFF))
    return published(query, scope, dates_of(span_of(dates.span))).where(Guide.author_id.in_(staff))


def recruits(query: Any, dates: Dates) -> Select[Any]:
    """From the members whom the team appointed as super-users or mentors in the last twelve weeks of a period."""
    lately, change = dates_of(span_of(dates.span)), RankChange.__table__
    return query.select_from(change).where(
        change.c.why == Why.APPOINTED, change.c.changed_at >= lately.since, change.c.changed_at < lately.until
    )  # fmt: skip


@dataclass(slots=True)
class Done:
    """Items decided: how many, how many too late, how long they waited, and for how many seconds they were handled."""

    count: int = 0
    late: int = 0
    waited: list[int] = field(default_factory=list)
    handled: int = 0


@dataclass(slots=True)
class Work:
    """The team's work: by class, by bar of the chart, what took texts out of sight, how long
    held ones waited, and the seconds of handling."""

    span: Span
    classes: dict[int, Done] = field(default_factory=lambda: defaultdict(Done))
    bars: dict[int, Done] = field(default_factory=lambda: defaultdict(Done))
    removals: dict[int, Done] = field(default_factory=lambda: defaultdict(Done))
    held: list[int] = field(default_factory=list)
    handling: list[int] = field(default_factory=list)


def read(scope: Scope, dates: Dates) -> Work:
    """Read it. One statement."""
    made = Work(span_of(dates.span))
    bar, removed = bar_of(_item.c.decided_at, made.span).label("bar"), restricting().label("removed")
    held = held_and_approved().label("was_held")
    late = func.sum(case((_item.c.decided_at > _item.c.due_at, 1), else_=0))
    klass = counting.KLASS.label("klass")
    query = select(bar, klass, removed, held, func.count(), late, numbers_of(_item.c.waited_seconds), numbers_of(_decision.c.seconds))  # fmt: skip
    for place, number, is_removal, was_held, count, too_late, waited, handling in db.session.execute(
        items(query, scope, dates).group_by("bar", "klass", "removed", "was_held")
    ):
        times = read_numbers(waited)
        groups = [made.classes[number], made.bars[place]]
        for one in [*groups, made.removals[number]] if is_removal else groups:
            one.count, one.late = one.count + count, one.late + int(too_late or 0)
            one.waited += times
        made.held += times if was_held else []
        spent = read_numbers(handling)
        made.handling += spent
        made.classes[number].handled += sum(spent)
    return made


def tables(work: Work) -> list[Table]:
    """By class, by bar, and what was removed."""
    c, s = Unit.COUNT, Unit.SECONDS
    by_class = [
        (f"P{klass}", one.count, quantile(one.waited, 50), quantile(one.waited, 90), share(one.count - one.late, one.count), share(one.handled, sum(work.handling)))
        for klass, one in sorted(work.classes.items())
    ]  # fmt: skip
    bars = [work.bars.get(place, Done()) for place in range(len(work.span.starts))]
    removed = sorted(work.removals.items())
    return [
        Table(
            "team", _("The team’s work at the queue"),
            _("Items decided in the period (12 weeks at most), by class: half and nine in ten of the waiting times, the share decided within the time of the class, and the part of the time at the queue that went to it (no other work of the team is timed). Only the team as a whole is shown."),
            (_("Class"), _("Decided"), _("Half within"), _("Nine in ten within"), _("In time"), _("Part of the time")), (c, s, s, Unit.SHARE, Unit.SHARE), by_class,
            whats=tuple(f"decided-{klass}" for klass in sorted(work.classes)),
        ),
        Table(
            "moderation", _("Moderation: delay and volume"),
            _("Items of the queue by when they were decided (12 weeks at most), and how long half and nine in ten of them had waited; the mark is the goal (a setting)."),
            (_("From"), _("Decided"), _("Half within"), _("Nine in ten within")), (c, s, s),
            [
                (day_of(start), one.count, quantile(one.waited, 50), quantile(one.waited, 90))
                for start, one in zip(work.span.starts, bars, strict=True)
            ],
        ),
        Table(
            "removals", _("Time to remove"),
            _("Texts that were refused, removed or hidden in the period (12 weeks at most), by class: from the moment they came to the queue to the decision."),
            (_("Class"), _("Decisions"), _("Half within"), _("Nine in ten within")), (c, s, s),
            [(f"P{klass}", one.count, quantile(one.waited, 50), quantile(one.waited, 90)) for klass, one in removed],
            whats=tuple(f"removed-{klass}" for klass, _one in removed),
        ),
    ]  # fmt: skip


def figures(work: Work, scope: Scope, dates: Dates) -> list[Figure]:
    """Figures of the same work. Two statements."""
    appealed, wrong = db.session.execute(
        overturned(select(func.count(), func.count().filter(is_overturned())), scope, dates)
    ).one()
    counts = (
        answers(select(func.count()), scope, dates),
        guides(select(func.count()), scope, dates),
        recruits(select(func.count(RankChange.member_id.distinct())), dates),
    )
    answered, guided, recruited = db.session.execute(select(*(one.scalar_subquery() for one in counts))).one()
    decided, removed = (sum(one.count for one in found.values()) for found in (work.classes, work.removals))
    waited = [time for one in work.removals.values() for time in one.waited]
    hours = sum(work.handling) / HOUR
    return [
        Figure("team-decided", _("Decisions of the team"), Unit.COUNT, decided, _("Items of the queue decided in the period (12 weeks at most)."), "decided"),
        Figure("team-pace", _("Decisions in an hour of work at the queue"), Unit.MEAN, len(work.handling) / hours if hours else None, _("Decided items divided by the time somebody had them open."), "decided", listed=decided, rises=True),
        Figure("team-handling", _("Handling of an item, half within"), Unit.SECONDS, quantile(work.handling, 50), _("How long an item was open before somebody: half took no longer."), "decided", listed=decided),
        Figure("team-handling-p90", _("Handling of an item, nine in ten within"), Unit.SECONDS, quantile(work.handling, 90), _("Nine in ten took no longer."), "decided", listed=decided),
        Figure("texts-held", _("Texts held before publication, half within"), Unit.SECONDS, quantile(work.held, 50), _("From sending to approval, of all that was held before it was published (questions, answers and comments, edits, pictures, product reviews) and approved in the period (12 weeks at most)."), "texts-held", listed=len(work.held), rises=False),
        Figure("texts-held-p90", _("Texts held before publication, nine in ten within"), Unit.SECONDS, quantile(work.held, 90), _("Nine in ten of these within this time."), "texts-held", listed=len(work.held), rises=False),
        Figure("removed", _("Time to remove, half within"), Unit.SECONDS, quantile(waited, 50), _("From coming to the queue to the decision, of what was refused, removed or hidden in the period (12 weeks at most)."), "removed", listed=removed, rises=False),
        Figure("removed-p90", _("Time to remove, nine in ten within"), Unit.SECONDS, quantile(waited, 90), _("Nine in ten of these within this time."), "removed", listed=removed, rises=False),
        Figure("team-overturned", _("Overturned, of the appeals"), Unit.SHARE, share(wrong, appealed), _("Share of the appeals answered in the period (12 weeks at most) in which somebody else overturned the decision."), "overturned", of=(wrong, appealed), rises=False),
        Figure("team-overturned-all", _("Overturned, of the restrictions"), Unit.SHARE, share(min(wrong, removed), removed), _("The same as a share of all decisions that refused, removed or hid a text."), "overturned", of=(min(wrong, removed), removed), listed=wrong, rises=False),
        Figure("team-answers", _("Answers of the team"), Unit.COUNT, answered, _("Answers the team published in the period (12 weeks at most), also where a question does not count."), "team-answers"),
        Figure("team-guides", _("Guides of the team"), Unit.COUNT, guided, _("Guides by the team that were published in the period (12 weeks at most) and still are."), "team-guides", rises=True),
        Figure("recruits", _("Experts recruited"), Unit.COUNT, recruited, _("Members who signed a mandate of super-user or mentor that the team had offered, in the period (12 weeks at most), whatever the filters."), "recruits", rises=True),
    ]  # fmt: skip


def goal_seconds() -> int:
    """Within how long half should be decided."""
    return int(settings.get("dashboard.moderation_minutes")) * MINUTE
