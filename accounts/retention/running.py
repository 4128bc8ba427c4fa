"""Carry the rules out: what is due goes, what is held stays, each run is written down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, inspect, or_, select

from accounts.masks.models import Mask
from accounts.retention.models import HoldKind, LegalHold, RetentionPass, RetentionRun
from accounts.retention.periods import Rule, registered
from accounts.retention.sweeping import sweep
from common import clock
from common.db import db, insert_once
from common.unit_of_work import unit_of_work

log = logging.getLogger("fourmi.retention")
BATCH = 500
MOST_A_RUN = 50_000
"""What is due beyond this goes the next day: a first run over an old community does not occupy it for hours."""
RUNS_KEPT = timedelta(days=1_095)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of a rule came to, or would come to."""

    rule: Rule
    gone: int
    held: int
    left: int
    error: str = ""


def look() -> list[Outcome]:
    """What a run would do now; nothing is changed."""
    found = []
    for rule in registered():
        before = _before(rule)
        if before is not None:
            due, held = _count(rule, before), _count_held(rule, before)
            found.append(Outcome(rule, min(due, MOST_A_RUN), held, max(0, due - MOST_A_RUN)))
    db.session.rollback()
    return found


def run() -> list[Outcome]:
    """Carry all rules out, one after the other; one that fails is written down and stops no other."""
    outcomes = []
    for rule in registered():
        before = _before(rule)
        if before is not None:
            outcomes.append(_run(rule, before))
    with unit_of_work():
        sweep("retention-runs", RetentionRun, RetentionRun.at < clock.now() - RUNS_KEPT)
    return outcomes


def _before(rule: Rule) -> datetime | None:
    return clock.now() - timedelta(days=rule.days) if rule.days else None


def _run(rule: Rule, before: datetime) -> Outcome:
    gone, error = 0, ""
    try:
        while gone < MOST_A_RUN:
            with unit_of_work(), passing(rule.through):
                some = rule.shorten(before, BATCH) if rule.shorten else _erase_some(rule, before)
            gone += some
            if some < BATCH:
                break
    except Exception as problem:
        log.exception("retention: %s failed", rule.key)
        error = type(problem).__name__
    with unit_of_work():
        left = _count(rule, before)
        outcome = Outcome(rule, gone, _count_held(rule, before), left, error)
        db.session.add(
            RetentionRun(
                rule=rule.key, at=clock.now(), days=rule.days, gone_count=gone, held_count=outcome.held,
                left_count=left, error=error,
            )
        )  # fmt: skip
    return outcome


def _erase_some(rule: Rule, before: datetime) -> int:
    key = inspect(rule.model).primary_key[0]
    wanted = select(key).where(rule.due(before), ~held(rule)).order_by(key).limit(BATCH)
    ids = list(db.session.scalars(wanted))
    if ids and rule.erase is not None:
        rule.erase(ids)
    elif ids:
        gone = delete(rule.model).where(key.in_(ids)).execution_options(synchronize_session=False)
        db.session.execute(gone)
    return len(ids)


def _count(rule: Rule, before: datetime) -> int:
    query = select(func.count()).select_from(rule.model).where(rule.due(before), ~held(rule))
    return db.session.scalar(query) or 0


def _count_held(rule: Rule, before: datetime) -> int:
    if not rule.held_by and rule.also_held is None:
        return 0
    return (
        db.session.scalar(select(func.count()).select_from(rule.model).where(rule.due(before), held(rule)))
        or 0
    )


def held(rule: Rule) -> ColumnElement[bool]:
    """The criterion of rows that a hold protects."""
    found = [_holds(HoldKind(kind), name) for kind, names in rule.held_by.items() for name in names]
    found += [rule.also_held()] if rule.also_held else []
    return or_(*found) if found else false()


def _holds(kind: HoldKind, name: Any) -> ColumnElement[bool]:
    """Whether what this column (or subquery) names is held; a person's masks are held with them."""
    open_holds = select(LegalHold.target_id).where(
        LegalHold.kind == kind, LegalHold.open_key.is_not(None), LegalHold.until_at > clock.now()
    )
    named = func.coalesce(name, 0)
    if kind != HoldKind.MEMBER:
        return named.in_(open_holds)
    return or_(named.in_(open_holds), named.in_(select(Mask.member_id).where(Mask.person_id.in_(open_holds))))


@contextmanager
def passing(tables: tuple[str, ...]) -> Iterator[None]:
    """Let rows of append-only tables go, inside the open unit of work."""
    for name in tables:
        insert_once(RetentionPass, table_name=name)
    yield
    if tables:
        db.session.flush()
        db.session.execute(delete(RetentionPass).where(RetentionPass.table_name.in_(tables)))
