"""The registry of what is kept for how long. Each package registers the rules of its tables (``<package>/retention.py``).

Source: domain/moderation.md §B6, retention defaults and rows LCEN, CNIL. Every period is a setting in days; 0 keeps for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common import settings
from common.i18n import Sentence, _

MOST_DAYS = 7_300
_DAYS = _("days (0: for ever)")


@dataclass(frozen=True)
class Rule:
    """One kind of row and its time.

    ``due(before)``: the criterion of rows whose time began before a moment. ``held_by``: for each kind of hold the columns
    or subqueries that name what a row belongs to. ``erase(ids)``: what is done with them, inside a unit of work (default: the
    rows are deleted). ``through``: tables that refuse a deletion otherwise. ``shorten(before, most)`` instead of all of that:
    for what only goes from its beginning; no hold of a single thing stops it. ``also_held``: the criterion of what is held
    where no column names it.
    """

    key: str
    title: Sentence
    setting: str
    model: type[Any]
    due: Callable[[datetime], Any]
    held_by: Mapping[Any, tuple[Any, ...]] = field(default_factory=dict)
    erase: Callable[[list[int]], None] | None = None
    through: tuple[str, ...] = ()
    shorten: Callable[[datetime, int], int] | None = None
    also_held: Callable[[], Any] | None = None

    @property
    def days(self) -> int:
        """The period in force; 0: for ever."""
        return int(settings.get(self.setting))


_rules: dict[str, Rule] = {}


def register(rule: Rule, days: int, help: Sentence, low: int = 0) -> Rule:
    """Make a rule and its setting known. Rules are carried out in the order in which they were registered."""
    settings.define(rule.setting, days, unit=_DAYS, low=low, high=MOST_DAYS, help=help, guarded=True)
    _rules[rule.key] = rule
    return rule


def registered() -> list[Rule]:
    """All rules, in order."""
    return list(_rules.values())
