"""Redis is optional: lost or hung, it costs a request less than 300 ms and no page."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time

import pytest

from common import limits
from common.config import current_config, use_config
from common.errors import TooMany
from tests.conftest import missing


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def redis_url(tmp_path):
    if shutil.which("redis-server") is None:
        missing("redis", "redis-server is not installed")
    port = _free_port()
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0", process
    process.kill()
    process.wait()


@pytest.fixture
def with_redis(app):
    import dataclasses

    before = current_config()

    def use(url):
        limits._shared, limits._shared_broken_until = None, 0.0
        use_config(dataclasses.replace(before, redis_url=url))

    yield use
    use_config(before)
    limits._shared, limits._shared_broken_until = None, 0.0


def test_limits_are_shared_through_redis(redis_url, with_redis):
    with_redis(redis_url[0])
    for _ in range(3):
        limits.hit("test", "someone", "3/minute")
    limits.forget()
    with pytest.raises(TooMany) as refused:
        limits.hit("test", "someone", "3/minute")
    assert 0 < refused.value.retry_after <= 61


def _elapsed_hit(key: str) -> float:
    began = time.perf_counter()
    limits.hit("test", key, "100/minute")
    return time.perf_counter() - began


def test_a_dead_redis_costs_little_once_and_nothing_later(redis_url, with_redis):
    url, process = redis_url
    with_redis(url)
    limits.hit("test", "a", "100/minute")
    process.kill()
    process.wait()
    assert _elapsed_hit("b") < 0.3
    assert _elapsed_hit("c") < 0.05


def test_a_hung_redis_costs_less_than_300_ms(with_redis):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    with_redis(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
    try:
        assert _elapsed_hit("a") < 0.3
        assert _elapsed_hit("b") < 0.05
    finally:
        listener.close()


def test_limits_hold_in_this_process_when_redis_is_away(with_redis):
    with_redis("redis://127.0.0.1:9/0")
    for _ in range(2):
        limits.hit("test", "x", "2/minute")
    with pytest.raises(TooMany):
        limits.hit("test", "x", "2/minute")
