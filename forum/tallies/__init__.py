"""Counting what happens often and decides little: in this process, written down now and then, never in a reader's
way. A crash loses at most what the last minute counted."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Hashable
from typing import Any

EVERY_SECONDS = 60.0
"""How often a tally is written down."""
MOST_KEYS = 20_000
"""Different things counted between two writings; made-up addresses fill no memory."""


class Once:
    """Whether something was there already within this stretch of time. What is kept are hashes under a secret of this
    process, and so many at most: a flood of made-up readers makes it begin anew."""

    def __init__(self, seconds: float, most: int = 50_000) -> None:
        self._seconds, self._most = seconds, most
        self._secret = secrets.token_bytes(16)
        self._stretch, self._known = 0, set[bytes]()

    def first(self, what: str) -> bool:
        """True the first time."""
        key = hashlib.blake2b(what.encode("utf-8", "replace"), digest_size=8, key=self._secret).digest()
        stretch = int(time.monotonic() // self._seconds)
        if stretch != self._stretch or len(self._known) >= self._most:
            self._stretch, self._known = stretch, set()
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def clear(self) -> None:
        """Forget everything (tests)."""
        self._known = set()


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
