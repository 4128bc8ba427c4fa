"""What scripts a page costs: those it loads, and those it may load while it is open."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from common import assets

SCRIPTS = 18.0
"""Compressed kilobytes of a public page (`design/UX.md §9`)."""
_TABLE = re.compile(r'^\["(.+)", "(\w+)"\],$', re.M)
_LOADS = re.compile(r'(?:from |import\()"\./(\w+)\.js"|\bload\("(\w+)"\)')


@cache
def _source(name: str) -> str:
    return assets.script(f"js/{name}.js")


def table() -> list[tuple[str, str]]:
    """The selectors of `app.js` and the modules they load."""
    return _TABLE.findall(_source("app"))


def with_imports(names: Iterable[str]) -> set[str]:
    """What every page has, these modules, and all that they load, at once or when something is done."""
    found: set[str] = set()
    waiting = {"first", "app", *names}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= {one or other for one, other in _LOADS.findall(_source(name))} - found
    return found


def weight(names: Iterable[str]) -> float:
    """Kilobytes, compressed one by one as they are sent."""
    return sum(len(zlib.compress(_source(name).encode())) for name in names) / 1024


def too_heavy(page: Any) -> list[str]:
    """What is wrong with the scripts of a public page; nothing for the desk, which has a budget of its own."""
    carried = page.evaluate(
        """(table) => document.querySelector("script[src*='staff.js']") ? null :
          table.filter(([selector]) => document.querySelector(selector)).map((one) => one[1])""",
        table(),
    )
    loaded = with_imports(carried or ())
    if carried is None or (kilobytes := weight(loaded)) <= SCRIPTS:
        return []
    return [f"{kilobytes:.1f} kB of scripts: {', '.join(sorted(loaded))}"]
