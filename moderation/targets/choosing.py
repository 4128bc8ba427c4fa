"""The terms a cycle begins under: the first policy that fits, its targets, the calendars, kept as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from accounts.masks.queries import person_of
from accounts.members.models import Member
from common import settings
from common.db import db, insert_many, insert_once
from common.i18n import _
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.models import Question
from moderation.calendars import keeping as calendars
from moderation.calendars.contents import Content
from moderation.escalation import policies
from moderation.escalation.models import Ladder
from moderation.escalation.rules import PRIORITIES, Priority
from moderation.escalation.sla_rules import Metric, Waits
from moderation.targets.models import FALLBACK, CategoryLadder, SlaApplied, SlaPolicy, SlaTarget
from moderation.targets.rules import Asked, Field, Goal, first_match, read_filter, usual_goals

WITHOUT_TEAM = ("lounge",)
"""Keys of categories whose questions nobody is called for, until somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the ladder goes in a category."""

    factor: float = 1.0
    with_super_users: bool = True
    with_team: bool = True
    calendar_id: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a cycle begins under."""

    terms_id: int
    policy_id: int
    policy_version: int
    manner: Manner


def ensure() -> None:
    """The policy everything falls back to, written where it is missing."""
    if db.session.scalar(select(SlaPolicy.id).where(SlaPolicy.key == FALLBACK)) is not None:
        return
    with unit_of_work():
        policy_id = insert_once(SlaPolicy, key=FALLBACK, position=0, name=str(_("Every question")), filter={})
        if policy_id is not None:
            write_goals(policy_id, usual_goals())


def write_goals(policy_id: int, goals: dict[Metric, Goal]) -> None:
    """The targets of a policy that has none yet."""
    rows = [
        {
            "policy_id": policy_id, "metric": metric, "priority": priority, "minutes": goal.minutes[priority],
            "calendar_id": goal.calendar_id, "warn_percent": goal.warn_percent, "rests_for": [one.value for one in goal.rests_for],
        }
        for metric, goal in goals.items()
        for priority in PRIORITIES
    ]  # fmt: skip
    insert_many(SlaTarget, rows)


def goals_of(policy_id: int) -> dict[Metric, Goal]:
    """The targets of a policy, by metric."""
    return goals_of_each([policy_id])[policy_id]


def goals_of_each(policy_ids: Iterable[int]) -> dict[int, dict[Metric, Goal]]:
    """The same of many policies, in one statement."""
    rows: dict[int, dict[Metric, list[SlaTarget]]] = {one: {} for one in policy_ids}
    for row in db.session.scalars(select(SlaTarget).where(SlaTarget.policy_id.in_(rows))):
        rows[row.policy_id].setdefault(row.metric, []).append(row)
    return {
        one: {metric: _goal(found[metric]) for metric in Metric if metric in found}
        for one, found in rows.items()
    }


def _goal(rows: Iterable[SlaTarget]) -> Goal:
    by = {row.priority: row for row in rows}
    normal = by[Priority.NORMAL]
    rests = tuple(Waits(one) for one in normal.rests_for if one in set(Waits))
    return Goal({p: by[p].minutes for p in PRIORITIES}, normal.calendar_id, normal.warn_percent, rests)


def in_order() -> list[SlaPolicy]:
    """The policies as they are tried; the one for all the rest is last."""
    ensure()
    rows = db.session.scalars(select(SlaPolicy))
    return sorted(rows, key=lambda row: (row.key == FALLBACK, row.position, row.id))


def policy_for(asked: Asked) -> SlaPolicy:
    """The first that fits."""
    active = [row for row in in_order() if row.active]
    found = first_match([(row.id, read_filter(row.filter)) for row in active], asked)
    return next(row for row in active if row.id == found)


def asked_of(question_id: int, priority: Priority) -> tuple[Asked, int, str]:
    """What conditions look at in a question; its category, and the category's key."""
    row = db.session.execute(
        select(Question.category_id, Question.product_id, Question.language, Category.key, Member.rank)
        .join(Category, Category.id == Question.category_id)
        .outerjoin(Member, Member.id == person_of(Question.author_id))
        .where(Question.id == question_id)
    ).one()
    values = {
        Field.CATEGORY: str(row.category_id), Field.PRODUCT: str(row.product_id or ""), Field.PRIORITY: priority.value,
        Field.LANGUAGE: row.language, Field.RANK: str(row.rank or 0),
    }  # fmt: skip
    return Asked(values), row.category_id, row.key


def manner_of(category_id: int, key: str) -> Manner:
    """How the ladder goes in a category; what nobody has changed is as usual."""
    return as_manner(db.session.get(CategoryLadder, category_id), key)


def as_manner(row: CategoryLadder | None, key: str) -> Manner:
    """The same from the row, where there is one."""
    if row is None:
        calls = key not in WITHOUT_TEAM
        return Manner(with_super_users=calls, with_team=calls)
    return Manner(row.factor, row.with_super_users, row.with_team, row.calendar_id)


def keep_for(question_id: int, priority: Priority) -> Chosen:
    """Choose for a cycle that begins now, and keep the terms."""
    asked, category_id, key = asked_of(question_id, priority)
    manner = manner_of(category_id, key)
    policy = policy_for(asked)
    terms_id = policies.keep(terms_of(goals_of(policy.id), manner.calendar_id))
    return Chosen(terms_id, policy.id, policy.version, manner)


def apply(ladder: Ladder, chosen: Chosen) -> None:
    """Write down what a cycle began under; once for each cycle."""
    insert_once(
        SlaApplied, question_id=ladder.question_id, cycle=ladder.cycle, policy_id=chosen.policy_id,
        policy_version=chosen.policy_version, terms_id=chosen.terms_id, priority=ladder.priority,
    )  # fmt: skip


def terms_of(
    goals: Mapping[Metric, Goal],
    calendar_id: int | None = None,
    content_of: Callable[[int | None], Content] = calendars.content_of,
    read: Callable[[str], Any] = settings.get,
) -> dict[str, Any]:
    """Goals, calendars and timers as one value that can be kept. ``content_of`` and ``read``: where calendars and settings
    are looked up."""
    team = content_of(calendar_id)
    first = goals[Metric.FIRST_REPLY_ANY]
    own = {goal.calendar_id for goal in goals.values() if goal.calendar_id is not None}
    contents = {one: content_of(one) for one in own}
    return {
        "calendar": contents[first.calendar_id] if first.calendar_id is not None else team,
        "timers": policies.timers(first.minutes, first.warn_percent, read),
        "targets": {
            metric.value: {
                "calendar": contents[goal.calendar_id] if goal.calendar_id is not None else team,
                "minutes": {p.value: goal.minutes[p] for p in PRIORITIES}, "warn": goal.warn_percent,
                "rests_for": [one.value for one in goal.rests_for],
            }
            for metric, goal in goals.items()
        },
    }  # fmt: skip
