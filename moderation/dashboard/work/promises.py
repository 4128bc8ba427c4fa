"""Of each promise of a reply or a solution: how many were kept (domain/escalation.md §C6)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, and_, func, select

from common.db import db, not_by_index
from common.i18n import _
from moderation.dashboard.reading import OUTCOME, Dates, Scope
from moderation.dashboard.rules import share
from moderation.dashboard.wording import Figure, Unit
from moderation.escalation.models import SlaEvent
from moderation.escalation.sla_rules import Metric, SlaType

PROMISES = {
    Metric.FIRST_REPLY_ANY: _("First reply in time"),
    Metric.FIRST_REPLY_STAFF: _("First reply of the team in time"),
    Metric.NEXT_REPLY: _("Next reply in time"),
    Metric.PERIODIC_UPDATE: _("News in time"),
    Metric.RESOLUTION: _("Solved in time"),
}
_e = SlaEvent.__table__


def broken_list(metric: Metric) -> str:
    """The name of the list of the broken ones."""
    return f"broken-{metric.value.replace('_', '-')}"


def of_types(query: Select[Any], scope: Scope, dates: Dates, *what: SlaType) -> Select[Any]:
    """From what happened to promises about questions that count, in a period."""
    joined = _e.join(OUTCOME, OUTCOME.c.question_id == _e.c.question_id)
    return query.select_from(joined).where(_e.c.at >= dates.since, _e.c.at < dates.until, _e.c.type.in_(what), *scope.criteria())  # fmt: skip


def _too_late(query: Select[Any], scope: Scope, dates: Dates) -> Select[Any]:
    """From what was fulfilled in a period after it broke. Few break: they are looked up first, and what fulfilled them by
    its key."""
    broke, e = _e.alias("broke"), _e.c
    same = [one == not_by_index(broke.c[one.name]) for one in (e.question_id, e.cycle, e.metric, e.instance)]
    joined = broke.join(_e, and_(*same, e.type == SlaType.FULFIL)).join(
        OUTCOME, OUTCOME.c.question_id == e.question_id
    )
    return query.select_from(joined).where(
        broke.c.type == SlaType.BREACH, broke.c.at < dates.until,
        not_by_index(e.at) >= dates.since, not_by_index(e.at) < dates.until, *scope.criteria(),
    )  # fmt: skip


def promises(scope: Scope, dates: Dates) -> list[Figure]:
    """Of each promise: how many were kept. Open ones that are overdue count as broken (they have broken already), and what is
    fulfilled after it broke is not kept. Two statements."""
    metric, happened = _e.c.metric, Counter[tuple[SlaType, Metric]]()
    counted = of_types(select(_e.c.type, metric, func.count()), scope, dates, SlaType.BREACH, SlaType.FULFIL)
    for what, name, number in db.session.execute(counted.group_by(_e.c.type, not_by_index(metric))):
        happened[SlaType(what), Metric(name)] = number
    too_late = _too_late(select(metric, func.count(_e.c.id.distinct())), scope, dates)
    late = {
        Metric(name): number for name, number in db.session.execute(too_late.group_by(not_by_index(metric)))
    }
    definition = _("Promises fulfilled before they were due, of those fulfilled or broken in the period; a reply that comes late keeps its breach, and time that rests is not counted. The list has the broken ones.")  # fmt: skip
    made = []
    for one, label in PROMISES.items():
        bad, kept = happened[SlaType.BREACH, one], happened[SlaType.FULFIL, one] - late.get(one, 0)
        made.append(
            Figure(
                f"promise-{one.value.replace('_', '-')}", label, Unit.SHARE, share(kept, kept + bad), definition, broken_list(one),
                of=(kept, kept + bad), rises=True, listed=bad,
            )
        )  # fmt: skip
    return made
