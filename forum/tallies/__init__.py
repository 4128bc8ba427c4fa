"""Counting what happens often and decides little: in this process, written down now and then, never in a reader's
way. A crash loses at most what the last minute counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Hashable
from typing import Any

EVERY_SECONDS = 60.0
"""How often a tally is written down."""
MOST_KEYS = 20_000
"""Different things counted between two writings; made-up addresses fill no memory."""


class Tally:
    """How often each of many things happened since they were last taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Any] = Counter()
        self._taken_at = time.monotonic()

    def note(self, key: Hashable, times: int = 1) -> None:
        """It happened. Touches no database."""
        with self._lock:
            if key in self._counts or len(self._counts) < MOST_KEYS:
                self._counts[key] += times

    def take(self, most: int = 500) -> dict[Any, int]:
        """What was counted, the most frequent first, and no longer is; the rest waits for the next time."""
        with self._lock:
            self._taken_at = time.monotonic()
            taken = dict(self._counts.most_common(most))
            for key in taken:
                del self._counts[key]
        return taken

    def is_due(self) -> bool:
        """Whether something waits since more than a minute; for servers whose worker is another process."""
        return bool(self._counts) and time.monotonic() - self._taken_at >= EVERY_SECONDS

    def clear(self) -> None:
        """Forget everything (tests)."""
        self.take(MOST_KEYS)
