"""A rolling restart under load: SIGHUP brings new processes up before the old ones leave. Nobody behind a web server
notices: a connection that is cut before its answer (2 of 23,805 on busy processors) is asked again."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import closing

from bench.client import Connection, request
from tests.faults.serving import Server

LOOPS = 4
RESTARTS = 2
PATIENCE = 30
MOST_REPEATED = 0.001
"""Connections that may be cut before they are answered, when an old process leaves on busy processors."""


def test_two_restarts_fail_no_request(tmp_path):
    server = Server(tmp_path)
    server.flask("db", "upgrade")
    server.start("--processes", "2")
    stop, served, failed, again = threading.Event(), [], [], []

    def once() -> int:
        with closing(Connection(server.port)) as connection:
            return connection.ask(request("GET", "/en/questions/", {"Connection": "close"}))[0]

    def ask() -> None:
        while not stop.is_set():
            try:
                try:
                    status = once()
                except (OSError, ValueError) as error:  # as the web server in front does with a GET
                    again.append(repr(error))
                    status = once()
            except (OSError, ValueError) as error:
                failed.append(repr(error))
                continue
            (served if status == 200 else failed).append(status)

    loops = [threading.Thread(target=ask) for _ in range(LOOPS)]
    for loop in loops:
        loop.start()
    try:
        before = _workers(server)
        for _ in range(RESTARTS):
            time.sleep(1)
            os.kill(server.process.pid, signal.SIGHUP)
            before = _replaced(server, before)
    finally:
        stop.set()
        for loop in loops:
            loop.join()
        server.kill()
    assert not failed, f"{len(failed)} of {len(failed) + len(served)} failed: {failed[:3]}"
    assert len(served) > 100
    assert len(again) <= MOST_REPEATED * len(served) + LOOPS, (
        f"{len(again)} of {len(served)} repeated: {again[:3]}"
    )


def _workers(server: Server) -> set[int]:
    import psutil

    return {child.pid for child in psutil.Process(server.process.pid).children(recursive=True)}


def _replaced(server: Server, before: set[int]) -> set[int]:
    """Wait until none of the former processes is left."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        time.sleep(0.2)
        now = _workers(server)
        # granian's own tracker of shared resources stays; every process that serves is new
        if len(before & now) <= 1 and len(now) >= 2:
            return now
    raise AssertionError("the old processes did not leave in time")
