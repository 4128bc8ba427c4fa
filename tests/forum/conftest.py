"""What the forum's tests share: the facts that were recorded, and whether a refusal left a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from common.unit_of_work import handlers_of, subscribe
from forum import events
from forum.questions import publishing
from tests.conftest import START, all_rows

FACTS = [
    kind
    for kind in vars(events).values()
    if isinstance(kind, type) and kind.__module__ == events.__name__ and kind is not events.HelpStateChanged
]
"""All but the change of a question's state, which only follows from the others (tests/forum/test_help_states.py)."""


@pytest.fixture
def morning(app: Flask, at: Callable[..., None]) -> Iterator[None]:
    """The clock stands at the cast's own morning, and what is written is published at once."""
    screener = publishing._screener
    publishing.set_screener(publishing.publish_everything)
    at(START)
    yield
    publishing.set_screener(screener)


@pytest.fixture
def facts(app: Flask) -> Iterator[list[Any]]:
    """The forum's facts in the order they were handled."""
    seen: list[Any] = []
    note = seen.append
    for kind in FACTS:
        subscribe(kind, note)
    yield seen
    for kind in FACTS:
        handlers_of()[kind].remove(note)


@pytest.fixture
def rows(app: Flask) -> Callable[[], dict[str, list[str]]]:
    """All rows of all tables, to compare before and after."""
    return all_rows


@pytest.fixture
def leaves_no_trace(rows: Callable[[], dict[str, list[str]]]) -> Callable[[type[Exception]], Any]:
    """``with leaves_no_trace(Forbidden) as refusal:`` the block raises, and no row of any table has changed."""

    @contextmanager
    def checking(expected: type[Exception]) -> Iterator[Any]:
        before = rows()
        with pytest.raises(expected) as refusal:
            yield refusal
        assert rows() == before

    return checking
