"""Whom the community rests on: the fewest members who wrote half of the solutions (domain/escalation.md §C6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
from common.i18n import _
from forum.browsing.queries import categories_by_id
from moderation.dashboard.reading import OUTCOME, Dates, Scope, numbers_of, read_numbers
from moderation.dashboard.rules import bus_factor, share
from moderation.dashboard.wording import Figure, Table, Unit

TOP = 10
_member, _c = Member.__table__, OUTCOME.c


@dataclass(frozen=True, slots=True)
class Dependence:
    """Who wrote the accepted answers of a period: the figures, by category, and how many each member wrote in each."""

    figures: list[Figure]
    table: Table
    wrote: dict[int, Counter[int]]


def solutions(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the answers of members accepted in a period, to questions that count."""
    team = select(_member.c.id).where(_member.c.role.in_(STAFF))
    one = () if scope.member_id is None else (_c.helper_id == scope.member_id,)
    return query.select_from(OUTCOME).where(
        _c.accepted_at >= dates.since, _c.accepted_at < dates.until, _c.helper_id.not_in(team), *scope.criteria(), *one
    )  # fmt: skip


def authors(scope: Scope, dates: Dates) -> list[int]:
    """Who wrote them, those who wrote most first. One statement."""
    author = _c.helper_id
    query = solutions(select(author), scope, dates).group_by(author).order_by(func.count().desc(), author)
    return list(db.session.scalars(query))


def half_by(scope: Scope, dates: Dates) -> list[int]:
    """The fewest members who together wrote half of them."""
    query = solutions(select(_c.helper_id, func.count()), scope, dates).group_by(_c.helper_id)
    rows = sorted(db.session.execute(query), key=lambda row: (-row[1], row[0]))
    return [row[0] for row in rows[: bus_factor(row[1] for row in rows)]]


def solvers(scope: Scope, dates: Dates) -> Select[Any]:
    """All who wrote one."""
    return solutions(select(_c.helper_id), scope, dates)


def dependence(scope: Scope, dates: Dates) -> Dependence:
    """The least number of members who wrote half of the solutions. One statement."""
    wrote = solutions(select(_c.category_id, numbers_of(_c.helper_id)), scope, dates)
    found = db.session.execute(wrote.group_by(_c.category_id))
    by_place = {category_id: Counter(read_numbers(text)) for category_id, text in found}
    everybody = sum(by_place.values(), Counter[int]())
    places = {place: list(counts.values()) for place, counts in by_place.items()}
    most = sorted(everybody.values(), reverse=True)
    top, all_ = sum(most[:TOP]), sum(most)
    figures = [
        Figure("bus-factor", _("Members who wrote half of the solutions"), Unit.COUNT, bus_factor(most) or None, _("The least number of members who together wrote half of the answers accepted in the period. The smaller, the more depends on few; the team’s answers are left out."), "half-by", rises=True),
        Figure("top-ten", _("Share of the ten most helpful"), Unit.SHARE, share(top, all_), _("Share of the accepted answers of members that the ten who wrote most of them wrote."), "solutions-top", of=(top, all_), rises=False),
        Figure("solutions", _("Answers of members accepted"), Unit.COUNT, all_, _("Answers of members that were accepted in the period, whenever their questions were asked."), "solutions"),
    ]  # fmt: skip
    known = categories_by_id()
    rows = [
        (place, (known[place].name, sum(ones), len(ones), bus_factor(ones), share(max(ones), sum(ones))))
        for place, ones in places.items()
        if place in known
    ]
    rows.sort(key=lambda one: (one[1][3], -one[1][1]))
    here = [{"category": place} for place, _row in rows]
    table = Table(
        "experts", _("Whom the solutions rest on"),
        _("Answers of members accepted in the period, by category: how many members wrote them, how few wrote half, and how much the one who wrote most."),
        (_("Category"), _("Solutions"), _("Members"), _("Half by"), _("The first of them")),
        (Unit.COUNT, Unit.COUNT, Unit.COUNT, Unit.SHARE), [row for _place, row in rows],
        cells=tuple((("solutions", one), ("solvers", one), ("half-by", one), None) for one in here),
    )  # fmt: skip
    return Dependence(figures, table, by_place)
