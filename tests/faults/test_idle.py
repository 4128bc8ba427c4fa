"""Threads of the server end when there was nothing to do, and nothing else ends with them."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import psutil

from bench.client import Connection, request
from tests.faults.serving import Server

IDLE = 5
ENDED = IDLE + 4
AT_ONCE = 8
PAGES = ("/en/", "/en/questions/", "/en/search?q=drum", "/fr/members/", "/healthz")


def _burst(server: Server) -> list[int]:
    seen: list[int] = []

    def ask() -> None:
        with closing(Connection(server.port)) as connection:
            seen.extend(connection.ask(request("GET", page))[0] for page in PAGES)

    askers = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return seen


def test_a_server_outlives_its_idle_threads(tmp_path):
    server = Server(tmp_path)
    server.flask("db", "upgrade")
    server.start("--idle", str(IDLE))
    try:
        before = {child.pid for child in psutil.Process(server.process.pid).children(recursive=True)}
        for _ in range(2):
            assert len(_burst(server)) == AT_ONCE * len(PAGES)
            time.sleep(ENDED)
        after = {child.pid for child in psutil.Process(server.process.pid).children(recursive=True)}
        assert after == before
    finally:
        server.kill()
