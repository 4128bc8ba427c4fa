"""Who may take part: the facts of many members in a few queries, and the verdict of the rules on them.

Evaluated when a member applies and again when a place is given (domain/rewards.md §A4.3, invariant 27). Nothing here reads
what anybody thought of a product (invariant 23).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db
from forum.products.models import Device, Product
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from rewards.trials import rules
from rewards.trials.lottery import Merit
from rewards.trials.models import Trial, TrialApplication
from rewards.trials.numbers import barred_by_conduct, expertise_full, limits, usefulness_of
from rewards.trials.rules import Check, Declared, Line, Part, Standing
from rewards.worth import limiting


def standings(member_ids: Collection[int], trial: Trial) -> dict[int, Standing]:
    """What is known of members, for this campaign. A fixed number of queries, however many they are."""
    now, m = clock.now(), Member
    read = select(m.id, m.rank, m.email_verified_at, m.silenced_until, m.suspended_until, m.role, m.closed_at)
    past, family = _past(member_ids, trial)
    equipped, strikes = _equipped(member_ids, trial), barred_by_conduct(member_ids)
    full, new_year = _full(member_ids, trial), limiting.span(limiting.this_year())[1]
    found = {}
    for row in db.session.execute(read.where(m.id.in_(member_ids))):
        measures = (row.silenced_until, row.suspended_until, strikes.get(row.id))
        until = max((one for one in measures if one and one > now), default=None)
        earlier = past.get(row.id, _Past())
        found[row.id] = Standing(
            rank=row.rank, email_verified=row.email_verified_at is not None, barred=until is not None or row.closed_at is not None,
            barred_until=until, staff=row.role in STAFF, overdue=earlier.overdue, defaulted_at=earlier.defaulted_at,
            received=tuple(earlier.received), family=tuple(family.get(row.id, ())), owns_equipment=row.id in equipped,
            room_from=new_year if row.id in full else None,
        )  # fmt: skip
    return found


@dataclass(slots=True)
class _Past:
    received: tuple[datetime, ...] = ()
    overdue: bool = False
    defaulted_at: datetime | None = None


def _past(member_ids: Collection[int], trial: Trial) -> tuple[dict[int, _Past], dict[int, list[datetime]]]:
    """Earlier participations: products that came or are on their way, reports that did not, products of the same category."""
    a = TrialApplication
    category = select(Product.category_id).where(Product.id == trial.product_id).scalar_subquery()
    query = (
        select(a.member_id, a.state, a.delivered_at, a.selected_at, a.defaulted_at, a.excuse_asked_at, (Product.category_id == category).label("kin"))
        .join(Trial, Trial.id == a.trial_id)
        .outerjoin(Product, Product.id == Trial.product_id)
        .where(a.member_id.in_(member_ids), a.trial_id != trial.id, a.selected_at.is_not(None))
    )  # fmt: skip
    past: dict[int, _Past] = defaultdict(_Past)
    family: dict[int, list[datetime]] = defaultdict(list)
    for row in db.session.execute(query):
        one = past[row.member_id]
        came = row.delivered_at or (row.selected_at if row.state in rules.ON_THE_WAY else None)
        if came is not None:
            one.received += (came,)
        one.overdue = one.overdue or (row.state == Part.OVERDUE and row.excuse_asked_at is None)
        if row.defaulted_at is not None:
            one.defaulted_at = max(one.defaulted_at or row.defaulted_at, row.defaulted_at)
        if row.kin and came is not None:
            family[row.member_id].append(came)
    return past, family


def _full(member_ids: Collection[int], trial: Trial) -> set[int]:
    """Who has received as much this year as one member may. Only where the product is kept."""
    return limiting.without_room(member_ids, trial.value_minor if trial.is_kept else 0, trial.currency)


def _equipped(member_ids: Collection[int], trial: Trial) -> set[int]:
    if trial.equipment_id is None:
        return set()
    owned = select(Device.member_id).where(
        Device.product_id == trial.equipment_id, Device.member_id.in_(member_ids)
    )
    return set(db.session.scalars(owned))


def checks_for(member_id: int, trial: Trial, declared: Declared | None = None) -> list[Check]:
    """Every condition for one member, met or not and since when it will be."""
    standing = standings([member_id], trial).get(member_id, Standing(0, False, barred=True))
    return rules.checks(standing, trial.wanted, clock.now(), limits(), declared)


def failing_of(applications: Collection[TrialApplication], trial: Trial) -> dict[int, list[Line]]:
    """The failing conditions of applications, as things stand now; empty lists for those that pass."""
    known = standings([one.member_id for one in applications], trial)
    now, bounds, wanted = clock.now(), limits(), trial.wanted
    return {
        one.id: rules.failing(rules.checks(known[one.member_id], wanted, now, bounds, declared_in(one)))
        for one in applications
    }


def declared_in(application: TrialApplication) -> Declared:
    """What an application declares."""
    return Declared(
        adult=application.adult, country=application.country, equipment=application.equipment, outside=application.outside,
        consent_hash=application.consent_hash,
    )  # fmt: skip


# --- merit ------------------------------------------------------------------------------------------------------


def merits(applications: Collection[TrialApplication], trial: Trial) -> dict[int, Merit]:
    """What merit looks at, by application (§A4.4). Four queries, however many they are."""
    ids = [one.member_id for one in applications]
    solved, full = _solutions(ids, trial), expertise_full()
    useful = usefulness_of(ids)
    history = _history(ids, trial)
    year = limits().year
    found = {}
    for one in applications:
        past = history.get(one.member_id)
        last = past.last if past else None
        found[one.id] = Merit(
            expertise=solved.get(one.member_id, 0) / full, done=past.done if past else 0, on_time=past.on_time if past else 0,
            usefulness=useful.get(one.member_id, 0.0), answer=one.answer_score or 0,
            is_new=last is None or last <= clock.now() - year,
        )  # fmt: skip
    return found


def newcomers(member_ids: Collection[int], trial: Trial) -> set[int]:
    """Those of these members who never had a place in any campaign."""
    return set(member_ids) - set(_history(member_ids, trial))


def _solutions(member_ids: Collection[int], trial: Trial) -> dict[int, int]:
    """Accepted answers in the product's category, by author; nobody's own answer to their own question."""
    category = select(Product.category_id).where(Product.id == trial.product_id).scalar_subquery()
    answer, question, asked = Post.__table__, Question.__table__, Post.__table__.alias("asked")
    query = (
        select(answer.c.author_id, func.count())
        .join(question, question.c.accepted_answer_id == answer.c.id)
        .join(asked, asked.c.id == question.c.id)
        .where(
            answer.c.author_id.in_(member_ids),
            asked.c.author_id.is_distinct_from(answer.c.author_id),
            answer.c.state == PostState.PUBLISHED,
            question.c.category_id == category,
        )
        .group_by(answer.c.author_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class _History:
    done: int
    on_time: int
    last: datetime


def _history(member_ids: Collection[int], trial: Trial) -> dict[int, _History]:
    """How often somebody had a place elsewhere, reported, and did so in time."""
    a = TrialApplication
    query = (
        select(
            a.member_id, func.count(a.on_time).label("done"), func.count().filter(a.on_time.is_(True)).label("on_time"),
            func.max(a.selected_at).label("last"),
        )
        .where(a.member_id.in_(member_ids), a.trial_id != trial.id, a.selected_at.is_not(None))
        .group_by(a.member_id)
    )  # fmt: skip
    return {row.member_id: _History(row.done, row.on_time, row.last) for row in db.session.execute(query)}
