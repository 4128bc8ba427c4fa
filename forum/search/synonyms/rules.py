"""What a group of synonyms may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST, MOST = 2, 12
"""Entries of a group."""
LONGEST = 60
MOST_WORDS = 4
"""Words of one entry that tell something."""
MOST_GROUPS = 500
"""Groups of one language."""
REASON_MOST = 200

_BETWEEN = re.compile(r"[,;\n]+")


def entries_of(typed: str) -> tuple[str, ...]:
    """The entries between commas or line ends, each once, in the order typed."""
    found = dict.fromkeys(" ".join(entry.split()) for entry in _BETWEEN.split(typed))
    return tuple(entry for entry in found if entry)


def too_long(entries: Sequence[str]) -> tuple[str, ...]:
    """Entries with too many characters."""
    return tuple(entry for entry in entries if len(entry) > LONGEST)
