"""The formulas of ranks: a JSON tree over named metrics, read with a whitelist and never executed.

A tree is ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}`` or a comparison ``{">=": [left, right]}`` whose sides
are numbers, metric names, or ``{"+": [a, b]}`` and its like. Ranks are tried from the hardest down; the first
satisfied one wins. Source: domain/rewards.md §A2.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

METRICS = (
    "rep_total", "rep_365d", "age_days", "active_days_60d", "posts_published", "answers_published", "answers_accepted",
    "acceptance_ratio", "useful_votes_received", "flags_reviewed", "flag_accuracy", "strikes_active", "email_verified",
    "charter_signed", "nominated", "topics_with_expertise", "months_at_r5",
)  # fmt: skip
"""Every name a formula may use. All are numbers; yes is 1."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
MAX_DEPTH, MAX_NODES = 8, 200
HIGHEST_EARNED = 4
"""Deeds alone open no more."""
SUPER_USER, MENTOR = 5, 6
"""The ranks that come with a mandate."""
TOP = MENTOR


class BadFormula(ValueError):
    """A tree that is no formula: the fault, the word it is about and the line it stands in, where there is one.

    `rewards.ranks.explaining.faults` says it in the reader's language.
    """

    def __init__(self, fault: str, word: object = "", line: int = 0) -> None:
        self.fault, self.word, self.line = fault, str(word), line
        where = f"line {line}: " if line else ""
        super().__init__(where + (fault % {"word": word} if word else fault))


@dataclass(frozen=True, slots=True)
class Operand:
    """A number, a metric, or two operands and what joins them."""

    number: float | None = None
    metric: str | None = None
    operation: str | None = None
    parts: tuple[Operand, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed tree: ``all``, ``any``, ``not``, or a comparison of two operands."""

    kind: str
    parts: tuple[Formula, ...] = ()
    left: Operand | None = None
    right: Operand | None = None


# --- reading ----------------------------------------------------------------------------------------------------


def parse(tree: Any) -> Formula:
    """Read a formula. Raises :class:`BadFormula` for anything outside the language."""
    return _Reader().formula(tree, 0)


class _Reader:
    def __init__(self) -> None:
        self.nodes = 0

    def _one(self, tree: Any, depth: int) -> tuple[str, Any]:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise BadFormula("this formula is too large")
        if not isinstance(tree, Mapping) or len(tree) != 1:
            raise BadFormula("each part is an object with exactly one name")
        name, content = next(iter(tree.items()))
        if not isinstance(name, str):
            raise BadFormula("names are texts")
        return name, content

    def formula(self, tree: Any, depth: int) -> Formula:
        name, content = self._one(tree, depth)
        if name in ("all", "any"):
            if not isinstance(content, list):
                raise BadFormula("“%(word)s” takes a list", name)
            return Formula(name, tuple(self.formula(part, depth + 1) for part in content))
        if name == "not":
            return Formula("not", (self.formula(content, depth + 1),))
        if name in COMPARISONS:
            left, right = self._two(name, content, depth)
            return Formula(name, left=left, right=right)
        raise BadFormula("“%(word)s” is not known", name)

    def _two(self, name: str, content: Any, depth: int) -> tuple[Operand, Operand]:
        if not isinstance(content, list) or len(content) != 2:
            raise BadFormula("“%(word)s” takes two values", name)
        return self.operand(content[0], depth + 1), self.operand(content[1], depth + 1)

    def operand(self, value: Any, depth: int) -> Operand:
        if isinstance(value, bool):
            raise BadFormula("write 1 or 0 for yes or no")
        if isinstance(value, int | float):
            if value != value or abs(value) > 1e12:
                raise BadFormula("this number is out of range")
            return Operand(number=float(value))
        if isinstance(value, str):
            if value not in METRICS:
                raise BadFormula("“%(word)s” is no metric", value)
            return Operand(metric=value)
        name, content = self._one(value, depth)
        if name not in ARITHMETIC:
            raise BadFormula("“%(word)s” is not known", name)
        return Operand(operation=name, parts=self._two(name, content, depth))


# --- deciding ---------------------------------------------------------------------------------------------------


def value_of(operand: Operand, metrics: Mapping[str, float]) -> float | None:
    """The value of one side; None where it cannot be known (a division by zero)."""
    if operand.number is not None:
        return operand.number
    if operand.metric is not None:
        return float(metrics.get(operand.metric, 0))
    left, right = (value_of(part, metrics) for part in operand.parts)
    if left is None or right is None or (operand.operation == "/" and right == 0):
        return None
    return ARITHMETIC[operand.operation or "+"](left, right)


def holds(formula: Formula, metrics: Mapping[str, float]) -> bool:
    """Whether a formula is satisfied; what cannot be known is not."""
    if formula.kind == "all":
        return all(holds(part, metrics) for part in formula.parts)
    if formula.kind == "any":
        return any(holds(part, metrics) for part in formula.parts)
    if formula.kind == "not":
        return not holds(formula.parts[0], metrics)
    assert formula.left is not None and formula.right is not None
    left, right = value_of(formula.left, metrics), value_of(formula.right, metrics)
    return left is not None and right is not None and COMPARISONS[formula.kind](left, right)


def earned_rank(formulas: Mapping[int, Formula], metrics: Mapping[str, float]) -> int:
    """The hardest rank whose formula holds; 0 when none does."""
    return next((rank for rank in sorted(formulas, reverse=True) if holds(formulas[rank], metrics)), 0)


def next_rank(standing: int, earned: int) -> int:
    """Where a member stands after a computation: points never lower a rank (§A2.2)."""
    return max(standing, earned)


# --- the default scale ------------------------------------------------------------------------------------------


def _least(**metrics: float) -> dict[str, Any]:
    return {"all": [{">=": [name, value]} for name, value in metrics.items()]}


def _and(tree: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    return {"all": [*tree["all"], *more]}


_NO_STRIKE = {"==": ["strikes_active", 0]}
_GOOD_FLAGS = {"any": [{"<": ["flags_reviewed", 10]}, {">=": ["flag_accuracy", 0.7]}]}

DEFAULT_FORMULAS: dict[str, Any] = {
    "1": _least(email_verified=1, age_days=1, posts_published=1),
    "2": _least(rep_total=100, age_days=7, answers_published=5),
    "3": _and(_least(rep_total=500, age_days=30, answers_accepted=5, active_days_60d=10), _NO_STRIKE),
    "4": _and(
        _least(rep_total=2000, age_days=90, answers_accepted=25, acceptance_ratio=0.2),
        _GOOD_FLAGS,
        _NO_STRIKE,
    ),
    "5": _and(
        _least(
            rep_total=6000, rep_365d=1500, age_days=180, answers_accepted=75, nominated=1, charter_signed=1
        ),
        _NO_STRIKE,
    ),
    "6": _least(months_at_r5=12, nominated=2),
}
"""R1 to R6 (§A2.2); R0 asks nothing. ``nominated`` is 1 for a super-user's mandate, 2 for a mentor's."""


def parse_all(trees: Mapping[str, Any]) -> dict[int, Formula]:
    """The formulas of a settings value. Raises :class:`BadFormula`."""
    formulas = {}
    for name, tree in trees.items():
        if not str(name).isdigit() or not 1 <= int(name) <= TOP:
            raise BadFormula("“%(word)s” is no rank", name)
        formulas[int(name)] = parse(tree)
    return formulas


# --- names ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RankName:
    """A rank's name beside a member (``full``) and on the trail (``short``)."""

    full: str
    short: str


def _names(*pairs: tuple[str, str]) -> tuple[RankName, ...]:
    return tuple(RankName(full, short) for full, short in pairs)


PACKS: dict[str, dict[str, tuple[RankName, ...]]] = {
    "ants": {
        "fr": _names(
            ("Fourmi curieuse", "Curieuse"), ("Fourmi éclaireuse", "Éclaireuse"), ("Fourmi ouvrière", "Ouvrière"),
            ("Fourmi bâtisseuse", "Bâtisseuse"), ("Fourmi experte", "Experte"), ("Grande Fourmi", "Grande Fourmi"),
            ("Fourmi marraine", "Marraine"),
        ),
        "en": _names(
            ("Curious ant", "Curious"), ("Scout ant", "Scout"), ("Worker ant", "Worker"), ("Builder ant", "Builder"),
            ("Expert ant", "Expert"), ("Great ant", "Great ant"), ("Godmother ant", "Godmother"),
        ),
    },
    "neutral": {
        "fr": _names(
            ("Nouveau", "Nouveau"), ("Membre", "Membre"), ("Contributeur", "Contributeur"), ("Pilier", "Pilier"),
            ("Expert", "Expert"), ("Ambassadeur", "Ambassadeur"), ("Mentor", "Mentor"),
        ),
        "en": _names(
            ("Newcomer", "Newcomer"), ("Member", "Member"), ("Contributor", "Contributor"), ("Regular", "Regular"),
            ("Expert", "Expert"), ("Super-user", "Super-user"), ("Mentor", "Mentor"),
        ),
    },
}  # fmt: skip
"""The rank packs: the brand chooses one, the criteria are the same (design/UX.md §7)."""


def name_of(pack: str, language: str, rank: int) -> RankName:
    """A rank's names; an unknown pack or language falls back to the first."""
    names = PACKS.get(pack, PACKS["ants"])
    return names.get(language, names["fr"])[min(max(rank, 0), TOP)]
