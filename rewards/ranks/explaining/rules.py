"""A formula as lines that a member can read, made from the whole tree that decides. Pure.

Nothing of the tree is left out: `not` is carried down to the comparisons, which turn round; a number that stands left
changes sides; every way of an `or` is there, the nearest first. A group or line is met exactly when its part of the formula
holds. Source: domain/rewards.md §A2.1 and §A2.2 (conditions are published).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor

from rewards.ranks.rules import COMPARISONS, Formula, Operand, holds, value_of

Metrics = Mapping[str, float]
OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "==", "!=": "!="}
SHARES = frozenset({"acceptance_ratio", "flag_accuracy"})
"""Figures between 0 and 1; all others are counted in whole."""
COUNTABLE = 1e13
"""Up to here hundredths are told apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: what is measured, its value now, what is asked, and the nearest value that would meet it.

    A value is None where it cannot be counted (a division by zero), ``enough`` where no single value can be named.
    """

    subject: Operand
    comparison: str
    against: Operand
    value: float | None
    wanted: float | None
    met: bool
    enough: float | None

    @property
    def metric(self) -> str | None:
        """The figure, where the line speaks of one alone."""
        return self.subject.metric

    @property
    def missing(self) -> float:
        """How much more (or less) is needed; 0 when met, or when it cannot be said."""
        return 0 if self.met or self.enough is None or self.value is None else abs(self.enough - self.value)

    @property
    def share(self) -> float:
        """How much of it is there, from 0 to 1; 1 only when met."""
        if self.met:
            return 1.0
        if self.value is None or self.wanted is None or self.wanted <= 0 or self.comparison in ("<", "<="):
            return 0.0
        return min(0.99, max(0.0, self.value / self.wanted))


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of which all are needed (``together``), or of which one is enough, the nearest first."""

    together: bool
    parts: tuple[Line | Group, ...]
    met: bool

    @property
    def share(self) -> float:
        """All: the mean of the parts. One of them: the nearest."""
        if self.met:
            return 1.0
        shares = [part.share for part in self.parts]
        if not shares:
            return 0.0
        return min(0.99, sum(shares) / len(shares) if self.together else max(shares))


Explained = Line | Group


def explain(formula: Formula, metrics: Metrics) -> Group:
    """The whole formula with a member's values: a group of which all parts are needed."""
    found = _explained(formula, metrics, False)
    return found if isinstance(found, Group) and found.together else Group(True, (found,), found.met)


def lines(explained: Explained) -> Iterator[Line]:
    """Every comparison."""
    if isinstance(explained, Line):
        yield explained
    else:
        for part in explained.parts:
            yield from lines(part)


def metrics_of(operand: Operand) -> set[str]:
    """The figures one side of a comparison speaks of."""
    return {operand.metric} if operand.metric else set().union(*map(metrics_of, operand.parts))


def named(explained: Explained) -> set[str]:
    """Every figure a formula looks at."""
    return set().union(*(metrics_of(one.subject) | metrics_of(one.against) for one in lines(explained)))


def closed(explained: Explained) -> bool:
    """Whether nobody can ever meet it: a comparison of numbers alone that does not hold, where it is needed."""
    if isinstance(explained, Line):
        return not explained.met and not metrics_of(explained.subject)
    return (any if explained.together else all)(map(closed, explained.parts))


def lacking(explained: Explained) -> list[str]:
    """The figures of what is missing, each once; of alternatives those of the nearest."""
    if explained.met:
        return []
    if isinstance(explained, Line):
        return sorted(metrics_of(explained.subject))
    parts = explained.parts if explained.together else explained.parts[:1]
    return list(dict.fromkeys(name for part in parts for name in lacking(part)))


def asked(formula: Formula | None, metric: str) -> float | None:
    """The least a formula asks of one figure in every case, whichever way it is written; None when it asks none."""
    if formula is None:
        return None
    wanted = [
        one.enough if one.enough is not None else one.wanted
        for one in explain(formula, {metric: float("-inf")}).parts
        if isinstance(one, Line) and one.metric == metric and one.comparison in (">=", ">", "==")
    ]
    return max((least for least in wanted if least is not None), default=None)


def unexplained(formula: Formula) -> Formula | None:
    """The first comparison of which no member could be told what is missing, or None.

    One that names no figure, compares a figure with itself, or divides by a number that is zero.
    """
    if formula.left is None or formula.right is None:
        return next((bad for part in formula.parts if (bad := unexplained(part))), None)
    left, right = metrics_of(formula.left), metrics_of(formula.right)
    dead = any(_never(side) for side in (formula.left, formula.right))
    return formula if dead or left & right or not left | right else None


def _never(operand: Operand) -> bool:
    if not metrics_of(operand):
        return value_of(operand, {}) is None
    return any(_never(part) for part in operand.parts) or (
        operand.operation == "/" and not metrics_of(operand.parts[1]) and value_of(operand.parts[1], {}) == 0
    )


# --- the tree -----------------------------------------------------------------------------------------------------


def _explained(formula: Formula, metrics: Metrics, negated: bool) -> Explained:
    if formula.kind == "not":
        return _explained(formula.parts[0], metrics, not negated)
    if formula.left is not None and formula.right is not None:
        return _line(formula, formula.left, formula.right, metrics, negated)
    together = (formula.kind == "all") is not negated
    parts: list[Explained] = []
    for part in formula.parts:
        found = _explained(part, metrics, negated)
        parts += found.parts if isinstance(found, Group) and found.together is together else [found]
    if len(parts) == 1:
        return parts[0]
    met = all(one.met for one in parts) if together else any(one.met for one in parts)
    if not together:
        parts.sort(key=lambda one: (closed(one), -one.share))
    return Group(together, tuple(parts), met)


def _line(formula: Formula, left: Operand, right: Operand, metrics: Metrics, negated: bool) -> Line:
    comparison = OPPOSITE[formula.kind] if negated else formula.kind
    only_right = not metrics_of(left) and metrics_of(right)
    if only_right or (metrics_of(left) and metrics_of(right) and comparison in ("<", "<=")):
        left, right, comparison = right, left, TURNED[comparison]
    value, wanted = value_of(left, metrics), value_of(right, metrics)
    met = holds(formula, metrics) is not negated
    sure = (
        value is not None
        and wanted is not None
        and metrics_of(left)
        and not metrics_of(left) & metrics_of(right)
    )
    enough = _enough(comparison, wanted, _grain(left)) if sure and wanted is not None and not met else None
    return Line(left, comparison, right, value, wanted, met, enough)


def _grain(subject: Operand) -> float:
    """The smallest step in which a figure is counted: 1, or a hundredth where shares or fractions come in."""
    if subject.number is not None:
        return 1 if subject.number.is_integer() else 0.01
    if subject.metric is not None:
        return 0.01 if subject.metric in SHARES else 1
    return 0.01 if subject.operation == "/" else min(_grain(part) for part in subject.parts)


def _enough(comparison: str, wanted: float, grain: float) -> float | None:
    """The nearest value in that step which meets a comparison."""
    if comparison == "==":
        return wanted
    if not abs(wanted) < COUNTABLE:
        return None
    holding, upward = COMPARISONS[">" if comparison == "!=" else comparison], comparison in (">=", ">", "!=")
    step = (floor if upward else ceil)(wanted / grain) + (-1 if upward else 1)
    while not holding(_on(step, grain), wanted):
        step += 1 if upward else -1
    return _on(step, grain)


def _on(step: int, grain: float) -> float:
    return float(step) if grain == 1 else step / 100
