"""Reads of retention: holds in force, runs that were, rules as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, func, select

from accounts.members.queries import Cards, cards
from accounts.retention.models import HoldKind, LegalHold, RetentionRun
from accounts.retention.periods import Rule, registered
from accounts.retention.sweeping import Sweep, sweeps
from common import clock, jobs
from common.db import db
from common.i18n import Sentence
from common.lists import Page, keyset, page_of

SIZE = 50


def is_held(kind: HoldKind, target_id: int) -> bool:
    """Whether a hold is in force."""
    here = (LegalHold.open_key == f"{kind}:{target_id}", LegalHold.until_at > clock.now())
    return bool(db.session.scalar(select(exists().where(*here))))


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with its last run."""

    rule: Rule
    last: RetentionRun | None


def rules() -> list[RuleView]:
    """All rules, each with its last run; one statement."""
    last = _last_runs()
    return [RuleView(rule, last.get(rule.key)) for rule in registered()]


@dataclass(frozen=True, slots=True)
class SweepView:
    """What a job clears away by itself, how often, and its last run that took something."""

    sweep: Sweep
    every: timedelta
    last: RetentionRun | None


def sweep_views() -> list[SweepView]:
    """All of them; one statement."""
    last, periodic = _last_runs(), jobs.periodics()
    return [
        SweepView(one, periodic[one.job].every, last.get(one.key)) for one in sweeps() if one.job in periodic
    ]


def _last_runs() -> dict[str, RetentionRun]:
    newest = select(func.max(RetentionRun.id)).group_by(RetentionRun.rule)
    found = db.session.scalars(select(RetentionRun).where(RetentionRun.id.in_(newest)))
    return {run.rule: run for run in found}


def titles() -> dict[str, Sentence]:
    """What is erased, by its key in the runs."""
    return {one.key: one.title for one in registered()} | {one.key: one.title for one in sweeps()}


def runs(after: str | None) -> Page[RetentionRun]:
    """Runs that did something, held something or failed, the newest first."""
    telling = (RetentionRun.gone_count > 0) | (RetentionRun.held_count > 0) | (RetentionRun.error != "")
    query = select(RetentionRun).where(telling)
    rows = list(db.session.scalars(keyset(query, RetentionRun.at, RetentionRun.id, after, SIZE)))
    return page_of(rows, SIZE, lambda run: (run.at, run.id))


def holds(after: str | None) -> tuple[Page[LegalHold], Cards]:
    """All holds, the newest first, and who placed and ended them."""
    rows = list(db.session.scalars(keyset(select(LegalHold), LegalHold.placed_at, LegalHold.id, after, SIZE)))
    people: set[Any] = {one for row in rows for one in (row.placed_by_id, row.ended_by_id)}
    return page_of(rows, SIZE, lambda hold: (hold.placed_at, hold.id)), cards(people)
