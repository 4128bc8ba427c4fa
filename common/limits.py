"""How often something may be done. Counted in this process, or in Redis when there are several servers.

Redis is optional: when it is lost or hung, the counting goes on in this process within 300 ms.
"""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from common.config import current_config
from common.errors import TooMany
from common.i18n import Sentence

log = logging.getLogger("fourmi.limits")

_memory = MemoryStorage()
_shared: Any = None
_shared_broken_until = 0.0
RETRY_SHARED_AFTER = 30.0


@lru_cache(maxsize=512)
def _item(rate: str) -> RateLimitItem:
    return parse(rate)


def _shared_storage() -> Any:
    global _shared
    url = current_config().redis_url
    if not url or time.monotonic() < _shared_broken_until:
        return None
    if _shared is None:
        options: dict[str, Any] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "retry": None}
        _shared = storage_from_string(url, **options)
    return _shared


def _hit(item: RateLimitItem, scope: str, key: str, test_only: bool) -> tuple[bool, int]:
    """(allowed, seconds until the window opens)."""
    global _shared_broken_until
    for storage in (_shared_storage(), _memory):
        if storage is None:
            continue
        limiter = MovingWindowRateLimiter(storage)
        try:
            allowed = limiter.test(item, scope, key) if test_only else limiter.hit(item, scope, key)
            reset = int(limiter.get_window_stats(item, scope, key).reset_time - time.time()) + 1
            return allowed, max(1, reset)
        except Exception:
            log.warning("shared rate limits are out of reach; counting in this process")
            _shared_broken_until = time.monotonic() + RETRY_SHARED_AFTER
    raise AssertionError("the in-process counter never fails")


def hit(scope: str, key: str | int, rate: str, sentence: Sentence | None = None) -> None:
    """Count one act; raises :class:`TooMany` when ``rate`` ("3/day", "10 per 5 minutes") is used up."""
    allowed, reset = _hit(_item(rate), scope, str(key), test_only=False)
    if not allowed:
        raise TooMany(sentence, retry_after=reset)


def exhausted(scope: str, key: str | int, rate: str) -> bool:
    """True when one more act would be refused. Counts nothing."""
    return not _hit(_item(rate), scope, str(key), test_only=True)[0]


def forget() -> None:
    """Empty the counters of this process (tests)."""
    _memory.reset()
