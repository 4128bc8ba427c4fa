"""Policies are made, changed, ordered and switched; every change makes a version and counts for new cycles only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.calendars import keeping as calendars
from moderation.calendars.models import WorkCalendar
from moderation.escalation.rules import PRIORITIES
from moderation.escalation.sla_rules import Metric
from moderation.targets.choosing import goals_of, in_order, write_goals
from moderation.targets.models import FALLBACK, CategoryLadder, SlaPolicy, SlaTarget, SlaVersion
from moderation.targets.permissions import can_change_targets
from moderation.targets.rules import Filter, Goal, read_filter, stored

NAME_MAX = 80
MOST = 50
"""Policies there may be."""
LONGEST = 365 * 24 * 60


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy as somebody wants it; a metric that is missing is not promised."""

    name: str
    filter: Filter
    goals: Mapping[Metric, Goal]

    def as_content(self) -> dict[str, Any]:
        """As a version keeps it."""
        goals = {
            metric.value: {
                "minutes": {p.value: goal.minutes[p] for p in PRIORITIES}, "calendar_id": goal.calendar_id,
                "warn": goal.warn_percent, "rests_for": [one.value for one in goal.rests_for],
            }
            for metric, goal in self.goals.items()
        }  # fmt: skip
        return {"name": self.name, "filter": stored(self.filter), "goals": goals}


def load(policy_id: int) -> SlaPolicy:
    """A policy. Raises NotFound."""
    row = db.session.get(SlaPolicy, policy_id, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def draft_of(row: SlaPolicy) -> Draft:
    """A policy as it stands."""
    return Draft(row.name, read_filter(row.filter), goals_of(row.id))


def create(actor: Actor, draft: Draft, reason: str) -> int:
    """Make a policy, tried before the one for all the rest. Raises Forbidden, Invalid with a sentence per field."""
    require(can_change_targets(actor))
    check(draft, reason)
    with unit_of_work():
        last, count = db.session.execute(select(func.max(SlaPolicy.position), func.count())).one()
        if count >= MOST:
            raise Conflict(_("There are %(high)s policies already. Change one of them.", high=MOST))
        values = {"name": draft.name, "filter": stored(draft.filter), "position": (last or 0) + 1}
        made = insert_once(SlaPolicy, **values)
        if made is None:
            raise Invalid(fields={"name": _("Another policy has this name.")})
        write_goals(made, dict(draft.goals))
        _keep(load(made), actor, reason)
        audit.write(actor, "targets.create", "sla_policy", made, after=draft.as_content(), reason=reason)
        return made


def change(actor: Actor, policy_id: int, seen: int, draft: Draft, reason: str) -> None:
    """Change a policy as it was seen. Raises Conflict when it changed meanwhile."""
    require(can_change_targets(actor))
    with unit_of_work():
        row = load(policy_id)
        check(draft, reason, fallback=row.key == FALLBACK)
        before = draft_of(row).as_content()
        if before == draft.as_content():
            return
        _keep(row, None, "")
        taken = select(SlaPolicy.id).where(SlaPolicy.name == draft.name, SlaPolicy.id != policy_id)
        if db.session.scalar(taken) is not None:
            raise Invalid(fields={"name": _("Another policy has this name.")})
        _move_on(policy_id, seen, name=draft.name, filter=stored(draft.filter))
        db.session.execute(delete(SlaTarget).where(SlaTarget.policy_id == policy_id))
        write_goals(policy_id, dict(draft.goals))
        _keep(load(policy_id), actor, reason)
        audit.write(actor, "targets.change", "sla_policy", policy_id, before, draft.as_content(), reason)


def switch(actor: Actor, policy_id: int, seen: int, active: bool, reason: str) -> None:
    """Count by a policy, or no more. The one for all the rest is always on."""
    require(can_change_targets(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        row = load(policy_id)
        if row.key == FALLBACK:
            raise Forbidden(
                _("One policy without conditions is always there: what nothing else fits counts by it.")
            )
        if row.active == active:
            return
        _keep(row, None, "")
        _move_on(policy_id, seen, active=active)
        _keep(load(policy_id), actor, reason)
        audit.write(actor, "targets.switch", "sla_policy", policy_id, not active, active, reason)


def move(actor: Actor, policy_id: int, up: bool) -> None:
    """Try a policy sooner or later; the one for all the rest stays last. Twice at an end is harmless."""
    require(can_change_targets(actor))
    with unit_of_work():
        load(policy_id)
        order = [row.id for row in in_order() if row.key != FALLBACK]
        if policy_id not in order:
            raise Forbidden(_("What everything falls back to is always last."))
        before, place = list(order), order.index(policy_id)
        order.insert(max(0, place - 1) if up else place + 1, order.pop(place))
        if order == before:
            return
        for position, one in enumerate(order, start=1):
            update_where(SlaPolicy, SlaPolicy.id == one, position=position)
        audit.write(actor, "targets.order", "sla_policy", policy_id, before, order)


def _move_on(policy_id: int, seen: int, **values: Any) -> None:
    criteria = (SlaPolicy.id == policy_id, SlaPolicy.version == seen)
    if not update_where(SlaPolicy, *criteria, version=seen + 1, **values):
        raise Conflict(
            _("Somebody has changed this policy meanwhile. Your text is kept: look, then save again.")
        )


def _keep(row: SlaPolicy, actor: Actor | None, reason: str) -> None:
    """A version as it stands now; once for each."""
    content = {**draft_of(row).as_content(), "active": row.active}
    insert_once(
        SlaVersion, policy_id=row.id, version=row.version, content=content, changed_by_id=actor.member_id if actor else None,
        changed_at=clock.now(), reason=reason[:200],
    )  # fmt: skip


def check(draft: Draft, reason: str = "-", fallback: bool = False) -> None:
    """Raises Invalid with a sentence per field: ``name``, ``filter``, each metric by its name, ``reason``."""
    faults: dict[str, Sentence] = {}
    if not 0 < len(draft.name) <= NAME_MAX:
        faults["name"] = _("Give it a name of at most %(high)s characters.", high=NAME_MAX)
    if fallback and not draft.filter.is_open:
        faults["filter"] = _("The policy for all the rest has no conditions.")
    if not fallback and draft.filter.is_open:
        faults["filter"] = _("Choose at least one condition; one policy without any is there already.")
    if Metric.FIRST_REPLY_ANY not in draft.goals:
        faults[Metric.FIRST_REPLY_ANY.value] = _("A first reply is always promised: fill in its four times.")
    known = set(db.session.scalars(select(WorkCalendar.id).where(WorkCalendar.retired_at.is_(None))))
    for metric, goal in draft.goals.items():
        if not all(0 < goal.minutes.get(priority, 0) <= LONGEST for priority in PRIORITIES):
            faults[metric.value] = _(
                "Write minutes for all four priorities, a year at most, or for none of them."
            )
        elif not 1 <= goal.warn_percent <= 100:
            faults[metric.value] = _("The warning comes after 1 to 100 percent of the time.")
        elif goal.calendar_id is not None and goal.calendar_id not in known:
            faults[metric.value] = _("Choose one of the calendars.")
    if not reason.strip():
        faults["reason"] = _("Say in a few words why.")
    if faults:
        raise Invalid(fields=faults)


def counted_by(calendar_id: int) -> Sentence | None:
    """Why a calendar cannot be retired: what counts by it."""
    query = select(SlaPolicy.name).join(SlaTarget, SlaTarget.policy_id == SlaPolicy.id)
    name = db.session.scalar(query.where(SlaTarget.calendar_id == calendar_id).limit(1))
    if name is not None:
        return _("The policy “%(name)s” counts by this calendar.", name=name)
    of_category = select(CategoryLadder.category_id).where(CategoryLadder.calendar_id == calendar_id).limit(1)
    if db.session.scalar(of_category) is not None:
        return _("A category counts by this calendar.")
    return None


calendars.ask_before_retiring(counted_by)
