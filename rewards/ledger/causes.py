"""Whether the causes of lines that stand at no post are true still. Each subject that books such lines says how to look.

Lines at a post are proved by ``truth``; `flask ledger verify`, the night and ``doctor`` ask both (``verifying``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from rewards.ledger.booking import Line
from rewards.ledger.rules import CauseType

Reader = Callable[[list[Line]], Iterable[Line]]
_readers: dict[CauseType, Reader] = {}


def add_reader(cause_type: CauseType, dead: Reader) -> None:
    """Let a subject say which of some live lines rest on nothing any more: a fixed number of queries, however many."""
    _readers[cause_type] = dead


def known() -> frozenset[CauseType]:
    """The causes somebody looks at here."""
    return frozenset(_readers)


def dead(lines: Iterable[Line]) -> Iterator[Line]:
    """Those of some live lines whose cause is gone."""
    by_type: dict[CauseType, list[Line]] = defaultdict(list)
    for line in lines:
        by_type[line.cause.type].append(line)
    for cause_type, some in by_type.items():
        if cause_type in _readers:
            yield from _readers[cause_type](some)
