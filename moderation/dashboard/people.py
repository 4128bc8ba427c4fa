"""Whom the community rests on, how newcomers fare, what contacts it spares, and the team's own work, nobody named
(domain/escalation.md §C6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, exists, func, or_, select

from accounts.masks.models import Mask
from accounts.masks.queries import person_of
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, settings
from common.db import db, not_by_index
from common.i18n import _, number
from forum.browsing.queries import categories_by_id
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.reading import OUTCOME, Scope
from moderation.dashboard.rules import DAY, Solver, Span, bus_factor, share
from moderation.dashboard.wording import Figure, Table, Unit
from moderation.figures import counting
from moderation.private.models import PrivateTalk

settings.define(
    "dashboard.deflected_low_percent", 5, unit="%", low=0, high=100,
    help=_("Of the views of solved questions: the share that spares the team a contact, at the least (1 in 20)."),
)  # fmt: skip
settings.define(
    "dashboard.deflected_high_percent", 20, unit="%", low=0, high=100,
    help=_("Of the views of solved questions: the share that spares the team a contact, at the most (1 in 5)."),
)  # fmt: skip
TEAM_DAYS = timedelta(days=90)
"""The team's work is shown for so many days at most: no page reads years of decisions."""
TOP = 10
_post, _question, _member = Post.__table__, Question.__table__, Member.__table__
_c = OUTCOME.c


# --- whom it rests on ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dependence:
    """Who wrote the accepted answers of a period: the figures, and by category."""

    figures: list[Figure]
    table: Table


def solutions(query: Select[Any], since: datetime, until: datetime) -> Select[Any]:
    """From the answers of members accepted in a period, to questions that count."""
    solved = OUTCOME.join(_question, _question.c.id == _c.question_id)
    answered = solved.join(_post, _post.c.id == _question.c.accepted_answer_id)
    return query.select_from(answered.join(_member, _member.c.id == _post.c.author_id)).where(
        _question.c.accepted_at >= since, _question.c.accepted_at < until,
        not_by_index(_post.c.state) == PostState.PUBLISHED, _member.c.role.not_in(STAFF),
    )  # fmt: skip


def dependence(since: datetime, until: datetime, scope: Scope) -> Dependence:
    """The least number of members who wrote half of the solutions. One statement."""
    author = _post.c.author_id
    query = (
        solutions(select(_c.category_id, author, func.count()), since, until)
        .where(*scope.criteria())
        .group_by(_c.category_id, author)
    )
    everybody: dict[int, int] = defaultdict(int)
    places: dict[int, list[int]] = defaultdict(list)
    for category_id, member_id, count in db.session.execute(query):
        everybody[member_id] += count
        places[category_id].append(count)
    counts = sorted(everybody.values(), reverse=True)
    top = sum(counts[:TOP])
    figures = [
        Figure("bus-factor", _("Members who wrote half of the solutions"), Unit.COUNT, bus_factor(counts) or None, _("The least number of members who together wrote half of the answers accepted in the period. The smaller, the more depends on few; the team’s answers are left out."), "solutions", rises=True),
        Figure("top-ten", _("Share of the ten most helpful"), Unit.SHARE, share(top, sum(counts)), _("Share of the accepted answers of members that the ten who wrote most of them wrote."), "solutions", of=(top, sum(counts)), rises=False),
    ]  # fmt: skip
    known = categories_by_id()
    rows = [
        (known[place].name, sum(ones), len(ones), bus_factor(ones), share(max(ones), sum(ones)))
        for place, ones in places.items()
        if place in known
    ]
    table = Table(
        "experts", _("Whom the solutions rest on"),
        _("Answers of members accepted in the period, by category: how many members wrote them, how few wrote half, and how much the one who wrote most."),
        (_("Category"), _("Solutions"), _("Members"), _("Half by"), _("The first of them")),
        (Unit.COUNT, Unit.COUNT, Unit.COUNT, Unit.SHARE), sorted(rows, key=lambda row: (row[3], -row[1])),
    )  # fmt: skip
    return Dependence(figures, table)


# --- newcomers ----------------------------------------------------------------------------------------------------


def newcomers(since: datetime, until: datetime, scope: Scope, span: Span) -> list[Figure]:
    """How those who joined in a period fare; who asks under a mask is the person behind it. Two statements."""
    m = _member.c
    answers = _published_by(m, _post.c.kind == PostKind.ANSWER)
    joined, active, helping = db.session.execute(
        select(func.count(), func.count().filter(_published_by(m)), func.count().filter(answers)).where(
            m.joined_at >= since, m.joined_at < until, m.role.not_in(STAFF), m.is_mask.is_(False)
        )
    ).one()
    over = _c.asked_epoch <= int(clock.now().timestamp()) - DAY
    in_time, asked = db.session.execute(
        select(func.count().filter(_c.first_seconds <= DAY), func.count())
        .select_from(OUTCOME.join(_post, _post.c.id == _c.question_id).join(_member, m.id == person_of(_post.c.author_id)))
        .where(m.joined_at >= since, m.is_mask.is_(False), _c.day >= span.first, _c.day <= span.last, over, *scope.criteria())
    ).one()  # fmt: skip
    return [
        Figure("joined", _("Members who joined"), Unit.COUNT, joined, _("Accounts opened in the period, without the team’s; in all categories.")),
        Figure("newcomers-active", _("Newcomers who wrote"), Unit.SHARE, share(active, joined), _("Share of those who joined in the period of whom something was published."), of=(active, joined), rises=True),
        Figure("newcomers-helping", _("Newcomers who answered"), Unit.SHARE, share(helping, joined), _("Share of those who joined in the period who have published an answer."), of=(helping, joined), rises=True),
        Figure("newcomers-answered", _("Newcomers’ questions answered within 24 hours"), Unit.SHARE, share(in_time, asked), _("Of the questions of members who joined in the period, asked at least 24 hours ago: the share with a valid answer by then."), of=(in_time, asked), rises=True),
    ]  # fmt: skip


def _published_by(m: Any, *criteria: Any) -> ColumnElement[bool]:
    """That something of a member is published, under their name or a mask."""
    shown = (not_by_index(_post.c.state) == PostState.PUBLISHED, *criteria)
    masked = exists().where(Mask.person_id == m.id, _post.c.author_id == Mask.member_id, *shown)
    return or_(exists().where(_post.c.author_id == m.id, *shown), and_(m.has_masks.is_(True), masked))


# --- contacts avoided ---------------------------------------------------------------------------------------------


def without_team() -> tuple[ColumnElement[bool], ...]:
    """That members solved a question about which the team held no private talk."""
    talk = exists().where(PrivateTalk.question_id == _c.question_id)
    return _c.solved_by.in_((Solver.EXPERT, Solver.MEMBER)), ~talk


def avoided(scope: Scope, span: Span) -> list[Figure]:
    """Contacts the community spared the team, as a range. One statement."""
    direct, views = db.session.execute(
        select(func.count().filter(*without_team()), func.coalesce(func.sum(_question.c.view_count).filter(_c.solved_by.is_not(None)), 0))
        .select_from(OUTCOME.join(_question, _question.c.id == _c.question_id))
        .where(_c.day >= span.first, _c.day <= span.last, *scope.criteria())
    ).one()  # fmt: skip
    low_share, high_share = (settings.get(f"dashboard.deflected_{end}_percent") for end in ("low", "high"))
    low, high = (direct + views * one / 100 for one in sorted((low_share, high_share)))
    return [
        Figure(
            "avoided", _("Contacts avoided, estimate"), Unit.COUNT, (low + high) / 2,
            _(
                "Direct: %(direct)s questions that members solved without a private talk with the team. Indirect: of %(views)s views of the solved questions so far, between %(low)s %% and %(high)s %% spared a contact (both are settings). The middle of the two ends is shown, the range beside it: nobody counted these contacts.",
                direct=number(direct), views=number(int(views)), low=low_share, high=high_share,
            ), "avoided", span=(low, high) if direct or views else None,
        ),
        Figure("avoided-direct", _("Solved by members without the team"), Unit.COUNT, direct, _("Questions that members solved and about which the team held no private talk."), "avoided"),
    ]  # fmt: skip


# --- the team -----------------------------------------------------------------------------------------------------


def team_since(since: datetime) -> datetime:
    """Since when the team's work is counted, in a period that begins at a moment."""
    return max(since, clock.now() - TEAM_DAYS)


def team(since: datetime) -> tuple[Table, datetime]:
    """What the team did at the queue, together: by class, nobody named. One statement; and since when it counts."""
    begins = team_since(since)
    took = counting.times(begins)
    rows = [
        (f"P{klass}", one.count, one.p50, one.p90, share(one.count - one.late, one.count))
        for klass, one in sorted(took.items())
    ]
    table = Table(
        "team", _("The team’s work at the queue"),
        _("Items decided in the period (90 days at most), by class: half and nine in ten of the waiting times, and the share decided within the time of the class. Only the team as a whole is shown."),
        (_("Class"), _("Decided"), _("Half within"), _("Nine in ten within"), _("In time")),
        (Unit.COUNT, Unit.SECONDS, Unit.SECONDS, Unit.SHARE), rows,
    )  # fmt: skip
    return table, begins


def of_the_team(query: Select[Any], begins: datetime) -> Select[Any]:
    """From the answers the team published since a moment."""
    return query.select_from(_post.join(_member, _member.c.id == _post.c.author_id)).where(
        _post.c.kind == PostKind.ANSWER, _post.c.state == PostState.PUBLISHED, _post.c.published_at >= begins,
        _member.c.role.in_(STAFF),
    )  # fmt: skip


def of_team(begins: datetime, table: Table) -> list[Figure]:
    """Figures of the same work. Two statements."""
    answered, overturned, restricted = counting.appeals(begins)
    decided = sum(row[1] for row in table.rows)
    answers = db.session.scalar(of_the_team(select(func.count(distinct(_post.c.id))), begins))
    return [
        Figure("team-decided", _("Decisions of the team"), Unit.COUNT, decided, _("Items of the queue decided in the period (90 days at most)."), href="figures.index"),
        Figure("team-overturned", _("Overturned, of the appeals"), Unit.SHARE, share(overturned, answered), _("Share of the appeals answered in the period (90 days at most) in which somebody else overturned the decision."), href="figures.index", of=(overturned, answered), rises=False),
        Figure("team-overturned-all", _("Overturned, of the restrictions"), Unit.SHARE, share(min(overturned, restricted), restricted), _("The same as a share of all decisions that refused or removed a text."), href="figures.index", of=(min(overturned, restricted), restricted), rises=False),
        Figure("team-answers", _("Answers of the team"), Unit.COUNT, answers or 0, _("Answers the team published in the period (90 days at most)."), "team-answers"),
    ]  # fmt: skip
