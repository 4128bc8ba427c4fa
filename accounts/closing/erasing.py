"""What becomes of a member's rows when the account is closed: each column that names a member is in one plan.

A package has one plan for its tables and carries it out when it hears of :class:`accounts.events.MemberClosed`, in the
same transaction. A test walks all tables: a column that names a member and stands in no plan fails it.
Source: domain/moderation.md §B8 (erasure), domain/rewards.md §A1 (a ledger keeps its sums).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, update

from common.db import db

_plans: dict[str, Plan] = {}


@dataclass(frozen=True)
class Named:
    """Texts of others that may name somebody who left; columns of one table. ``about(ids)``: the criterion of rows that
    speak of one of these members by what they are (their conversation, a note on their text): there a first name is meant.
    ``follows``: other columns that are made from these texts, an address for instance."""

    texts: tuple[Any, ...]
    about: Callable[[frozenset[int]], Any] | None = None
    follows: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Plan:
    """``erased``: rows that go. ``blanked``: columns whose row stays, with what is written into it. ``kept``: columns
    that stay as they are, with the reason; the account behind them names nobody any more. ``scanned``: of rows that stay,
    the texts that are looked through for what names the person (accounts.closing.scrubbing). ``votes``: columns that are
    cut loose from the account after a month (accounts.closing.pseudonyms). ``named``: what others wrote and may name the
    person in, looked through as well."""

    erased: tuple[Any, ...] = ()
    blanked: Mapping[Any, Mapping[str, Any]] = field(default_factory=dict)
    kept: Mapping[Any, str] = field(default_factory=dict)
    scanned: Mapping[Any, tuple[Any, ...]] = field(default_factory=dict)
    votes: tuple[Any, ...] = ()
    named: tuple[Named, ...] = ()

    def columns(self) -> dict[str, str]:
        """Every column of the plan as ``table.column``, with what becomes of it."""
        said = {_name(column): "erased" for column in self.erased}
        said |= {_name(column): "blanked" for column in self.blanked}
        return said | {_name(column): reason for column, reason in self.kept.items()}


def _name(column: Any) -> str:
    return f"{column.class_.__tablename__}.{column.key}"


def register(package: str, plan: Plan) -> Plan:
    """Make a package's plan known; the same package registered again replaces the former."""
    _plans[package] = plan
    return plan


def registered() -> dict[str, Plan]:
    """All plans."""
    return dict(_plans)


def carry_out(plan: Plan, member_id: int) -> None:
    """Erase and blank a member's rows, inside the open unit of work."""
    for column in plan.erased:
        _run(delete(column.class_).where(column == member_id))
    for column, values in plan.blanked.items():
        _run(update(column.class_).where(column == member_id).values(**values))


def _run(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
