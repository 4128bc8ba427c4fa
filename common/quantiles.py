"""Medians and their like, one definition for every figure: the value of the nearest rank, never one between two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

Value = TypeVar("Value", bound=Any)


def rank(count: Any, percent: int) -> Any:
    """The place (from 1) of the value that so many percent do not exceed, among so many; for numbers and for SQL alike."""
    return (count * percent + 99) // 100


def quantile(values: Iterable[Value], percent: int) -> Value | None:
    """The smallest value that so many percent of all do not exceed (nearest rank); None without values."""
    found = sorted(values)
    return found[max(1, rank(len(found), percent)) - 1] if found else None


def median(values: Iterable[Value]) -> Value | None:
    """The smallest value that half of all do not exceed; None without values."""
    return quantile(values, 50)
